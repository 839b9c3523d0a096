import { describe, expect, it } from "vitest";
import { ForeignAnswerError, ProblemError, UnreachableError } from "../api/failures.ts";
import type { Problem } from "../api/problem.ts";
import { namespaceProvider } from "./provider.ts";
import type { Schema } from "./schema/schema.ts";

const provider = namespaceProvider({});
const REQUEST = "GET http://kv.test/api/v1/main/namespaces/n/kv:entry?key=k";

const problem = (members: Partial<Problem>): Problem => ({
  type: "/problems/invalid-field",
  title: "A field breaks a rule",
  status: 422,
  detail: "The rule.",
  message: "",
  remedy: "The remedy.",
  requestId: "r-1",
  ...members,
});

describe("what a call let through is explained", () => {
  it.each([
    { failure: new UnreachableError(REQUEST, new Error("x")), summary: "The Namespace KV service cannot be reached" },
    {
      failure: new ForeignAnswerError(REQUEST, 401, "text/html", false),
      summary: "The answer does not come from a Namespace KV service",
    },
    { failure: new ProblemError(problem({}), REQUEST), summary: "A field breaks a rule" },
  ])("$summary, with the request's URL", ({ failure, summary }) => {
    expect(provider.explain(failure)).toMatchObject({ severity: "error", summary });
    expect(provider.explain(failure)?.detail).toContain(REQUEST);
  });

  it("with rule, remedy and request id", () => {
    const told = problem({ type: "/problems/value-too-large" });
    expect(provider.explain(new ProblemError(told, REQUEST))?.detail).toMatch(/The rule\. The remedy\..*r-1/);
  });

  it.each([
    { type: "/problems/invalid-field", field: "expiresAt", tells: 'Correct "expires_at", then plan again' },
    { type: "/problems/invalid-field", field: "body", tells: "Correct it, then plan again" },
    { type: "/problems/unavailable", field: undefined, tells: "Run the same command again" },
    { type: "/problems/invalid-value", field: "value", tells: 'set "type"' },
    { type: "/problems/unknown-address", field: undefined, tells: 'Check "endpoint"' },
  ])("with a remedy in Terraform's words: $type, $field", ({ type, field, tells }) => {
    const said = problem({ type, ...(field !== undefined && { field }) });
    expect(provider.explain(new ProblemError(said, REQUEST))?.detail).toMatch(
      /GET .* The rule\. .* \(request id r-1\)/,
    );
    expect(provider.explain(new ProblemError(said, REQUEST))?.detail).toContain(tells);
  });

  it.each([
    { field: "ttl", path: [{ attribute: "ttl" }] },
    { field: "body", path: undefined },
    { field: undefined, path: undefined },
  ])("at the attribute that has the field's name: $field", ({ field, path }) => {
    const said = problem(field === undefined ? {} : { field });
    expect(provider.explain(new ProblemError(said, REQUEST))?.path).toEqual(path);
  });

  it("save for a mistake of ours", () => {
    expect(provider.explain(new TypeError("x"))).toBeUndefined();
  });
});

const { resources, dataSources, ephemeralResources, listResources } = provider;
const SCHEMAS: readonly { readonly type: string; readonly schema: Schema }[] = [
  resources,
  dataSources,
  ephemeralResources,
  listResources,
].flatMap((types) => Object.entries(types).map(([type, { schema }]) => ({ type, schema })));

it.each([{ type: "the provider", schema: provider.schema }, ...SCHEMAS])(
  "every attribute of $type is described",
  ({ schema }) => {
    expect(schema.description).toMatch(/\.$/);
    expect(Object.keys(schema.attributes)).not.toEqual([]);
    for (const [name, { description }] of Object.entries(schema.attributes)) expect(description, name).toMatch(/\.$/);
  },
);

it.each(Object.entries(resources))(
  "%s has a step for each of its versions, and an identity of its own attributes",
  (_, resource) => {
    expect(resource.upgrades ?? []).toHaveLength(resource.schema.version);
    expect(Object.keys(resource.schema.attributes)).toEqual(
      expect.arrayContaining([...(resource.identity?.attributes ?? [])]),
    );
  },
);

it.each(Object.keys(listResources))("what a list of %s finds can be imported by its identity", (type) => {
  expect(resources[type]?.identity).toBeDefined();
});
