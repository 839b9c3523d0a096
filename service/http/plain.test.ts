import { describe, expect, it } from "vitest";
import { Failure } from "../domain/fault.ts";
import type { Exchange } from "../domain/telemetry.ts";
import type { Stores } from "../domain/writes.ts";
import type { Env, Head } from "./env.ts";
import { plainRequests } from "./plain.ts";
import { plainGet } from "./plain-get.ts";
import { plainPut } from "./plain-put.ts";
import { plainPlace } from "./plain-request.ts";

const to = (url: string, headers: Head["headers"] = {}): Head => ({ method: "GET", url, headers });
const AT = { tenant: "main", namespace: "company.team", key: "flags.dark-mode" };
const URL_OF_AT = "/api/v1/main/namespaces/company.team/kv/flags.dark-mode";

describe("a plain path", () => {
  it("names its key", () => expect(plainPlace(to(URL_OF_AT))).toEqual(AT));

  it.each([
    { what: "a query", url: `${URL_OF_AT}?raw=true` },
    { what: "what is percent-encoded", url: "/api/v1/main/namespaces/company/kv/a%2Fb" },
    { what: "a segment that a URL resolves", url: "/api/v1/main/namespaces/company/kv/.." },
    { what: "a segment below the key", url: `${URL_OF_AT}/history` },
    { what: "a base path without a tenant", url: "/api/v1/namespaces/company/kv/key" },
    {
      what: "the history of a key under the base without a tenant",
      url: "/api/v1/namespaces/namespaces/kv/kv/history",
    },
    { what: "a namespace that must be refused", url: "/api/v1/main/namespaces/a..b/kv/key" },
    { what: "a whole URL", url: `http://localhost${URL_OF_AT}` },
  ])("has not $what", ({ url }) => expect(plainPlace(to(url))).toBeUndefined());
});

describe("a plain head", () => {
  const json = { "content-type": "application/json" };

  it.each([
    { what: "a GET of nothing but a key", method: plainGet, headers: { accept: "*/*" } },
    { what: "a PUT of a small value", method: plainPut, headers: { ...json, "content-length": "7" } },
    { what: "a PUT that does not say what it is", method: plainPut, headers: { "content-length": "7" } },
  ])("is $what", ({ method, headers }) => expect(method.takes(to(URL_OF_AT, headers))).toBe(true));

  it.each([
    { what: "a GET for what has another ETag", method: plainGet, headers: { "if-none-match": "*" } },
    { what: "a GET for what has one ETag", method: plainGet, headers: { "if-match": "*" } },
    { what: "a GET for what is newer", method: plainGet, headers: { "if-modified-since": "" } },
    { what: "a GET for what is older", method: plainGet, headers: { "if-unmodified-since": "" } },
    { what: "a PUT of an unknown length", method: plainPut, headers: { "transfer-encoding": "chunked" } },
    { what: "a PUT of nothing", method: plainPut, headers: { "content-length": "0" } },
    { what: "a PUT of a long value", method: plainPut, headers: { "content-length": "16385" } },
    ...[
      { "if-match": "*" },
      { "if-none-match": "*" },
      { "if-unmodified-since": "" },
      { "idempotency-key": "" },
      { ttl: "" },
      { description: "" },
      { "content-type": "Application/vnd.namespace-kv.entry+json; charset=utf-8" },
    ].map((more) => ({
      what: `a PUT with ${Object.keys(more)[0]}`,
      method: plainPut,
      headers: { ...json, "content-length": "7", ...more },
    })),
  ])("is not $what", ({ method, headers }) => expect(method.takes(to(URL_OF_AT, headers))).toBe(false));
});

const entry = { etag: "1", updatedAt: "2026-01-01T00:00:00Z", slice: {}, labels: {}, digest: {} };

/** What a GET of `AT` is answered, and what the exchange was told. */
async function answered(find: () => Promise<unknown>, kept?: Uint8Array, url = URL_OF_AT) {
  const outgoing = { requestId: undefined, route: undefined, fault: undefined } as unknown as Exchange;
  const stores = { metadata: { find }, objects: { kept: () => kept, uriOf: () => "file:x" } } as unknown as Stores;
  const fetch = plainRequests({
    stores,
    rest: () => new Response("the rest"),
    routes: ["namespaces", "kv/:key", "kv/inheritance"].map((path) => ({
      path: `/api/v1/:tenant/namespaces/:namespace/${path}`,
    })),
    requestIdOf: (brought) => brought ?? "new",
    refused: (error) => new Response(error instanceof Failure ? error.fault.kind : "defect", { status: 400 }),
  });
  const env = { incoming: to(url, { "x-request-id": "mine" }), outgoing } as Env["Bindings"];
  return { response: await fetch(new Request("http://localhost/"), env), outgoing };
}

describe("the answer to a plain GET", () => {
  it("is the entry with its value, when the bytes are in memory", async () => {
    const { response, outgoing } = await answered(async () => ({ state: "live", entry }), Buffer.from("17"));
    expect(await response.json()).toMatchObject({ etag: "1", value: 17 });
    expect(response.headers.get("x-request-id")).toBe("mine");
    expect(outgoing).toMatchObject({ requestId: "mine", route: "/api/v1/:tenant/namespaces/:namespace/kv/:key" });
  });

  it("is left to the router where the key is a word of another route", async () => {
    const at = "/api/v1/main/namespaces/company/kv/inheritance";
    const { response } = await answered(async () => ({ state: "live", entry }), Buffer.from("17"), at);
    expect(await response.text()).toBe("the rest");
  });

  it.each([
    { when: "the bytes must be fetched", found: { state: "live", entry } },
    { when: "the entry has expired", found: { state: "expired", entry } },
  ])("is left to the router when $when", async ({ found }) => {
    const { response } = await answered(async () => found);
    expect(await response.text()).toBe("the rest");
  });

  it.each([
    { when: "there never was a key", find: async () => undefined, fault: "not_found" },
    { when: "the key is gone", find: async () => ({ state: "gone", how: "delete", entry }), fault: "not_found" },
    {
      when: "the database is away",
      find: () => Promise.reject(new Failure({ kind: "unavailable", reason: "away" })),
      fault: "unavailable",
    },
  ])("is a refusal when $when, and nobody looks twice", async ({ find, fault }) => {
    const { response, outgoing } = await answered(find);
    expect(await response.text()).toBe(fault);
    expect(response.headers.get("x-request-id")).toBe("mine");
    expect(outgoing.fault).toBe(fault);
  });
});
