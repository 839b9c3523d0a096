import { describe, expect, it } from "vitest";
import { Failure } from "../domain/fault.ts";
import type { Exchange } from "../domain/telemetry.ts";
import type { Stores } from "../domain/writes.ts";
import { plainGets, plainPlace } from "./plain-get.ts";

const get = (url: string, headers: Record<string, string> = {}, method = "GET") => ({ method, url, headers });
const AT = { tenant: "main", namespace: "company.team", key: "flags.dark-mode" };
const URL_OF_AT = "/api/v1/main/namespaces/company.team/kv/flags.dark-mode";

describe("a plain GET", () => {
  it("names its key", () => expect(plainPlace(get(URL_OF_AT))).toEqual(AT));

  it.each([
    { what: "another method", request: get(URL_OF_AT, {}, "HEAD") },
    { what: "a query", request: get(`${URL_OF_AT}?raw=true`) },
    { what: "a condition", request: get(URL_OF_AT, { "if-none-match": "*" }) },
    { what: "a condition for the current revision", request: get(URL_OF_AT, { "if-match": "*" }) },
    { what: "what is percent-encoded", request: get("/api/v1/main/namespaces/company/kv/a%2Fb") },
    { what: "a segment that a URL resolves", request: get("/api/v1/main/namespaces/company/kv/..") },
    { what: "a segment below the key", request: get(`${URL_OF_AT}/history`) },
    { what: "a base path without a tenant", request: get("/api/v1/namespaces/company/kv/key") },
    {
      what: "the history of a key under the base without a tenant",
      request: get("/api/v1/namespaces/namespaces/kv/kv/history"),
    },
    { what: "a namespace that must be refused", request: get("/api/v1/main/namespaces/a..b/kv/key") },
    { what: "a whole URL", request: get(`http://localhost${URL_OF_AT}`) },
  ])("has not $what", ({ request }) => expect(plainPlace(request)).toBeUndefined());
});

const entry = { etag: "1", updatedAt: "2026-01-01T00:00:00Z", slice: {}, labels: {}, digest: {} };

/** What a GET of `AT` is answered, and what the exchange was told. */
async function answered(find: () => Promise<unknown>, kept?: Uint8Array, url = URL_OF_AT) {
  const outgoing = { requestId: undefined, route: undefined, fault: undefined } as unknown as Exchange;
  const stores = { metadata: { find }, objects: { kept: () => kept, uriOf: () => "file:x" } } as unknown as Stores;
  const fetch = plainGets({
    stores,
    rest: () => new Response("the rest"),
    routes: ["namespaces", "kv/:key", "kv/inheritance"].map((path) => ({
      path: `/api/v1/:tenant/namespaces/:namespace/${path}`,
    })),
    requestIdOf: (brought) => brought ?? "new",
    refused: (error) => new Response(error instanceof Failure ? error.fault.kind : "defect", { status: 400 }),
  });
  const incoming = get(url, { "x-request-id": "mine" });
  return { response: await fetch(new Request("http://localhost/"), { incoming, outgoing }), outgoing };
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
