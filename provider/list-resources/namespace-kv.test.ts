import { afterEach, describe, expect, it, vi } from "vitest";
import { apiAt } from "../../test/support/workers.ts";
import { map, nullOf, num, str } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute, type ObjectValue, type Value } from "../cty/value.ts";
import { namespaceKvsData } from "../data-sources/namespace-kvs.ts";
import type { Wanted } from "../schema/list-resource.ts";
import { withNulls } from "../schema/schema.ts";
import { directStore } from "../store/store.ts";
import { namespaceKvList } from "./namespace-kv.ts";

const api = apiAt("http://kv.test");
const { signal } = new AbortController();
const ENTRY = {
  ...{ namespace: "n", type: "NUMBER", revision: 3, etag: "e", size: 1, digest: "d", uri: "u", ttl: null },
  ...{ description: null, labels: {}, secret: false, creationDate: "c", updateDate: "u", expirationDate: null },
  ...{ createdBy: "ada", updatedBy: "ada", door: "http" },
};

/** A service with these keys, three to a page at most. `gone` are deleted once they have been listed. */
function serving(keys: readonly string[], gone: readonly string[] = [], more: object = {}) {
  const asked: string[] = [];
  const answer = (body: unknown, headers: Record<string, string> = {}) =>
    Promise.resolve(
      new Response(JSON.stringify(body), { headers: { "Content-Type": "application/json", ...headers } }),
    );
  vi.stubGlobal("fetch", (url: string, { body }: { readonly body?: Uint8Array }) => {
    const path = url.slice("http://kv.test/api/v1/main/namespaces/n/".length);
    asked.push(path);
    if (path === "") return answer({ id: "n", declared: true, defaultTtl: "P1D" });
    if (body) {
      const { operations } = JSON.parse(Buffer.from(body).toString()) as { operations: { key: string }[] };
      const results = operations.map(({ key }) =>
        gone.includes(key)
          ? { status: 404, problem: { type: "/problems/not-found" } }
          : { status: 200, entry: { ...ENTRY, key, ...more }, value: 5 },
      );
      return answer({ results });
    }
    const query = new URL(url).searchParams;
    const from = Number(query.get("cursor") ?? 0);
    const to = from + Math.min(3, Number(query.get("limit")));
    const link = to < keys.length ? { Link: `</x?cursor=${to}>; rel="next"` } : {};
    return answer(
      keys.slice(from, to).map((key) => ({ ...ENTRY, key })),
      link as Record<string, string>,
    );
  });
  return asked;
}
afterEach(() => vi.unstubAllGlobals());

async function listed(wanted: Partial<Wanted> = {}, more: Readonly<Record<string, Value>> = {}) {
  const config: ObjectValue = withNulls(namespaceKvList.schema, { namespace: str("n"), ...more });
  const session = { client: directStore(api), signal, writeSignal: signal };
  const found = [];
  for await (const one of namespaceKvList.list(config, { limit: 100, states: false, ...wanted }, session))
    found.push(one);
  return found;
}
const namesOf = (found: readonly { readonly name: string }[]) => found.map(({ name }) => name);

describe("a list of keys", () => {
  it("goes through all pages, and asks for no more than is wanted", async () => {
    const asked = serving(["a", "b", "c", "d", "e"]);
    expect(namesOf(await listed())).toEqual(["n/a", "n/b", "n/c", "n/d", "n/e"]);
    expect(namesOf(await listed({ limit: 4 }))).toEqual(["n/a", "n/b", "n/c", "n/d"]);
    expect(asked).toEqual(["kv?limit=100", "kv?limit=97&cursor=3", "kv?limit=4", "kv?limit=1&cursor=3"]);
  });

  it("has the filters of the service", async () => {
    const asked = serving(["a"]);
    await listed({}, { prefix: str("a/"), type: str("JSON") });
    expect(asked).toEqual(["kv?limit=100&prefix=a%2F&type=JSON"]);
  });

  it("reads the values of a page at once, and leaves out what is gone meanwhile", async () => {
    const asked = serving(["a", "b", "c", "d"], ["b"]);
    const found = await listed({ states: true, limit: 3 });
    expect(namesOf(found)).toEqual(["n/a", "n/c", "n/d"]);
    for (const { state } of found) expect(state && attribute(state, "value")).toEqual(num(5));
    expect(asked).toEqual(["kv?limit=3", "kv:batch", "kv?limit=1&cursor=3", "kv:batch"]);
  });

  it("asks once whether the ends of keys come from their namespace", async () => {
    const asked = serving(["a", "b", "c", "d"], [], { expirationDate: "2030-01-31T12:00:00.000000Z" });
    const found = await listed({ states: true });
    for (const { state } of found) expect(state && attribute(state, "expires_at")).toEqual(nullOf(STRING));
    expect(asked).toEqual(["kv?limit=100", "kv:batch", "", "kv?limit=97&cursor=3", "kv:batch"]);
  });

  it("leaves out a key that Terraform would take for another one", async () => {
    serving(["e\u0301", "\u00e9"]);
    expect(namesOf(await listed())).toEqual(["n/\u00e9"]);
  });

  it("checks its filters before it asks", () => {
    const labels = map(STRING, { team: nullOf(STRING) }); // which is no label without a text
    const wrong = withNulls(namespaceKvList.schema, { namespace: str("a..b"), type: str("TEXT"), labels });
    const at = [[{ attribute: "namespace" }], [{ attribute: "type" }], [{ attribute: "labels" }, { key: "team" }]];
    expect(namespaceKvList.validate(wrong).map(({ path }) => path)).toEqual(at);
    expect(namespaceKvsData.validate(withNulls(namespaceKvsData.schema, { labels })).map(({ path }) => path)).toEqual(
      at.slice(2),
    );
  });
});
