import { afterEach, expect, it, vi } from "vitest";
import { apiAt } from "../../test/support/workers.ts";
import { list, num, obj, str } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute } from "../cty/value.ts";
import { listed } from "../resources/fixture-set.ts";
import { withNulls } from "../schema/schema.ts";
import { directStore } from "../store/store.ts";
import { namespaceKvsData } from "./namespace-kvs.ts";

afterEach(() => vi.unstubAllGlobals());

const { signal } = new AbortController();
const client = directStore(apiAt("http://kv.test"));

it("a key that Terraform would take for another one does not hide that one's value", async () => {
  const values = new Map([
    ["\u00e9", 1],
    ["e\u0301", 2],
  ]);
  const entries = [...values.keys()].map((key) => listed(key));
  vi.stubGlobal("fetch", async (_: string, { body }: { readonly body: Uint8Array | null }) => {
    if (!body) return Response.json(entries);
    const { operations } = JSON.parse(Buffer.from(body).toString()) as { operations: { key: string }[] };
    return Response.json({ results: operations.map(({ key }) => ({ entry: listed(key), value: values.get(key) })) });
  });
  const config = withNulls(namespaceKvsData.schema, { namespace: str("n") });
  const found = await namespaceKvsData.read(config, { client, signal, writeSignal: signal });
  expect(attribute(found, "values")).toEqual(obj({ "\u00e9": num(1) }));
  expect(attribute(found, "keys")).toEqual(list(STRING, [str("\u00e9")]));
});
