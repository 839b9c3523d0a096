import { z } from "zod";
import { KEY_LENGTH_MAX, NAMESPACE_LENGTH_MAX, TENANT_LENGTH_MAX } from "../../api/limits.ts";
import { PROBLEMS, type ProblemName } from "../../api/problem.ts";
import { NAMESPACE_PATTERN, ProblemView, SEGMENT_PATTERN } from "../../api/schema.ts";

/** The words that the tables of operations are written in. */

export const ref = (schema: z.ZodType) => ({ $ref: `#/components/schemas/${z.globalRegistry.get(schema)?.id}` });
export const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { "application/json": { schema: ref(schema) } },
});
export const listOf = (description: string, items: object) => ({
  description,
  content: { "application/json": { schema: { type: "array", items } } },
});

export const text = (name: string, where: "path" | "query" | "header", description: string, required = false) => ({
  name,
  in: where,
  required,
  description,
  schema: { type: "string" },
});
export const flag = (name: string, description: string) => ({
  ...text(name, "query", description),
  schema: { type: "boolean" },
});

/** A text that follows rules, said so that tools can follow them too: `rules` are words of JSON Schema. */
export const ruled = <P extends { readonly schema: object }>(parameter: P, rules: object) => ({
  ...parameter,
  schema: { ...parameter.schema, ...rules },
});

export const SCOPE = [
  ruled(text("tenant", "path", "`main` exists from the start.", true), {
    pattern: SEGMENT_PATTERN,
    maxLength: TENANT_LENGTH_MAX,
  }),
  ruled(text("namespace", "path", "A dotted path such as `company.team`.", true), {
    pattern: NAMESPACE_PATTERN,
    maxLength: NAMESPACE_LENGTH_MAX,
  }),
];
export const keyIn = (where: "path" | "query") =>
  ruled(text("key", where, `1 to ${KEY_LENGTH_MAX} code points, percent-encoded.`, true), {
    minLength: 1,
    maxLength: KEY_LENGTH_MAX,
  });
export const ETAG_HEADER = {
  ETag: { description: "The revision's own tag.", required: true, schema: { type: "string", pattern: '^".+"$' } },
};

export const operation = (operationId: string, summary: string, responses: object, rest: object = {}) => ({
  operationId,
  summary,
  ...rest,
  responses,
});

/** The problems that an operation can answer with, one entry for each status. */
export function problems(...names: readonly ProblemName[]): Record<string, object> {
  const answers: Record<string, object> = {};
  for (const status of new Set(names.map((name) => PROBLEMS[name].status))) {
    const titles = names.filter((name) => PROBLEMS[name].status === status).map((name) => PROBLEMS[name].title);
    answers[status] = {
      description: `${titles.join(". ")}.`,
      content: { "application/problem+json": { schema: ref(ProblemView) } },
    };
  }
  return answers;
}

/** The same statuses as a HEAD answers them. */
export const withoutBodies = (answers: Record<string, object>): Record<string, object> =>
  Object.fromEntries(
    Object.entries(answers).map(([status, { description }]: [string, { description?: string }]) => [
      status,
      { description },
    ]),
  );
