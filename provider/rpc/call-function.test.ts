import { expect, it } from "vitest";
import { decodeMsgpack } from "../cty/decode.ts";
import { encodeMsgpack } from "../cty/encode.ts";
import { str } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import type { DynamicValue } from "../gen/tfplugin6.ts";
import { call, started } from "./fixture.ts";

const text = (value: string) => ({ msgpack: encodeMsgpack(str(value), STRING), json: new Uint8Array() });

it("a function is called before the provider is configured", async () => {
  const { result } = await call(started(), "callFunction", { name: "kv_id", arguments: [text("a"), text("b")] });
  expect(decodeMsgpack((result as DynamicValue).msgpack, STRING)).toEqual(str("a/b"));
});

it.each([
  { name: "kv_id", args: ["a", ""], error: { functionArgument: 1 } },
  { name: "constructor", args: [], error: { text: expect.stringContaining('no function "constructor"') } },
])("$name($args) is refused with its reason", async ({ name, args, error }) => {
  expect(await call(started(), "callFunction", { name, arguments: args.map(text) })).toMatchObject({ error });
});

it("each of them is described, in the schema and on request", async () => {
  const [schema, listed] = [await call(started(), "getProviderSchema", {}), await call(started(), "getFunctions", {})];
  expect(Object.keys(listed["functions"] as object).sort()).toEqual([
    "canonical_json",
    "duration_iso",
    "duration_seconds",
    "kv_id",
    "parse_id",
  ]);
  expect(schema["functions"]).toEqual(listed["functions"]);
});
