import { z } from "zod";
import { PROBLEMS, type ProblemName } from "../../api/problem.ts";
import { ProblemView } from "../../api/schema.ts";

/** The words that the tables of operations are written in. */

export const ref = (schema: z.ZodType) => ({ $ref: `#/components/schemas/${z.globalRegistry.get(schema)?.id}` });
export const json = (description: string, schema: z.ZodType) => ({
  description,
  content: { "application/json": { schema: ref(schema) } },
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

export const SCOPE = [
  text("tenant", "path", "`main` exists from the start.", true),
  text("namespace", "path", "A dotted path such as `company.team`.", true),
];
export const keyIn = (where: "path" | "query") => text("key", where, "1 to 256 code points, percent-encoded.", true);
export const ETAG_HEADER = { ETag: { description: "The revision's own tag.", schema: { type: "string" } } };

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
