import { afterEach, describe, expect, it, vi } from "vitest";
import { ForeignAnswerError, ProblemError, UnreachableError } from "../api/failures.ts";
import type { Problem } from "../api/problem.ts";
import type { Api } from "../api/transport.ts";
import { nullOf, num, obj, str } from "./cty/make.ts";
import { attribute } from "./cty/value.ts";
import { namespaceProvider } from "./provider.ts";
import { DiagnosticError } from "./schema/diagnostic.ts";
import { typeOfSchema } from "./schema/schema.ts";
import { directStore } from "./store/store.ts";

vi.mock("../api/exchange.ts", () => import("../test/support/exchange-by-fetch.ts"));

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
      failure: new ForeignAnswerError(REQUEST, 401, "text/html"),
      summary: "The answer does not come from a Namespace KV service",
    },
    { failure: new ProblemError(problem({}), REQUEST), summary: "A field breaks a rule" },
  ])("$summary, with the request's URL", ({ failure, summary }) => {
    expect(provider.explain(failure)).toMatchObject({ severity: "error", summary });
    expect(provider.explain(failure)?.detail).toContain(REQUEST);
  });

  it("with rule, remedy and request id", () => {
    expect(provider.explain(new ProblemError(problem({}), REQUEST))?.detail).toMatch(/The rule\. The remedy\..*r-1/);
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

const { namespace_kv: resource } = provider.resources;
const { namespace_kv: dataSource } = provider.dataSources;
it.each([provider.schema, resource?.schema, dataSource?.schema])("every attribute is described", (schema) => {
  expect(schema?.description).not.toBe("");
  const attributes = Object.entries(schema?.attributes ?? {});
  expect(attributes.length).toBeGreaterThan(4);
  for (const [name, { description }] of attributes) expect(description, name).toMatch(/\.$/);
});

describe("the data source namespace_kv", () => {
  const source = provider.dataSources["namespace_kv"] ?? expect.unreachable();
  const api: Api = {
    endpoint: "http://kv.test",
    tenant: "main",
    authorization: undefined,
    door: "terraform",
    timeoutMs: 1_000,
  };
  const { signal } = new AbortController();
  const config = obj(
    new Map([...typeOfSchema(source.schema).attributes].map(([name, type]) => [name, nullOf(type)] as const)),
  );
  const asked = obj(new Map([...config.entries, ["namespace", str("n")], ["key", str("k")]]));
  const read = () => source.read(asked, { client: directStore(api), signal, writeSignal: signal });
  const answering = (status: number, type: string, body: object) =>
    vi.stubGlobal("fetch", () =>
      Promise.resolve(new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } })),
    );
  afterEach(() => vi.unstubAllGlobals());

  it("has the value and all that is known of it, and nothing else", async () => {
    answering(200, "application/json", {
      ...{ namespace: "n", key: "k", type: "NUMBER", revision: 1, etag: "e", size: 1, digest: "d", uri: "u" },
      ...{ description: null, ttl: null, creationDate: "c", updateDate: "u", expirationDate: null, updatedBy: "ada" },
      value: 5,
    });
    const state = await read();
    expect([...state.entries.keys()].sort()).toEqual(Object.keys(source.schema.attributes).sort());
    expect(attribute(state, "value")).toEqual(num(5));
    expect(attribute(state, "id")).toEqual(str("n/k"));
  });

  it.each([
    {
      when: "missing",
      status: 404,
      type: "application/problem+json",
      body: { type: "/problems/not-found" },
      tells: "does not exist",
    },
    {
      when: "expired",
      status: 410,
      type: "application/json",
      body: { expiredAt: "2026-01-01T00:00:00Z" },
      tells: "expired at 2026-01-01T00:00:00Z",
    },
  ])("fails for a key that is $when, naming it and the remedy", async ({ status, type, body, tells }) => {
    answering(status, type, body);
    const failure: unknown = await read().catch((error: unknown) => error);
    const { detail, path } = failure instanceof DiagnosticError ? failure.diagnostic : expect.unreachable();
    expect(detail).toContain(`"n/k" ${tells}`);
    expect(detail).toContain("depends_on");
    expect(path).toEqual([{ attribute: "key" }]);
  });

  it("checks namespace and key before it reads", () => {
    const wrong = obj(new Map([...asked.entries, ["namespace", str("a..b")], ["key", str("")]]));
    expect(source.validate(wrong).map(({ path }) => path)).toEqual([
      [{ attribute: "namespace" }],
      [{ attribute: "key" }],
    ]);
  });
});
