import { expect, it } from "vitest";
import { nullOf, num, obj, str, tuple, unknownOf } from "../cty/make.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import type { Value } from "../cty/value.ts";
import { NAMESPACE_KV } from "./namespace-kv-schema.ts";
import { validateNamespaceKv } from "./validate-namespace-kv.ts";

/** A configuration that says the place, a value, and what is given. */
function config(said: Readonly<Record<string, Value>>) {
  const unsaid = Object.entries(NAMESPACE_KV.attributes).map(([name, { type }]) => [name, nullOf(type)] as const);
  return obj({
    ...Object.fromEntries(unsaid),
    namespace: str("company.team"),
    key: str("k"),
    value: str("v"),
    ...said,
  });
}

/** Arrays inside each other, one more than JSON may have here. */
const deep = (): Value => Array.from({ length: 1_001 }).reduce<Value>((inside) => tuple([inside]), num(1));

it.each([
  { says: "only what is required", said: {} },
  { says: "a namespace of one part", said: { namespace: str("company") } },
  { says: "a key of 256 characters outside the first plane", said: { key: str("😀".repeat(256)) } },
  { says: "a key with slashes and spaces", said: { key: str("a/b c") } },
  { says: "a day of its type", said: { type: str("DATE"), value: str("2021-09-01") } },
  { says: "a TTL of 100 years", said: { ttl: str("P36525D") } },
  { says: "nothing known", said: { namespace: unknownOf(STRING), key: unknownOf(STRING), value: unknownOf(DYNAMIC) } },
  { says: "a type before its value is known", said: { type: str("DATE"), value: unknownOf(DYNAMIC) } },
  { says: "a value before its type is known", said: { type: unknownOf(STRING), value: num(1) } },
  { says: "a value that is partly known", said: { value: tuple([unknownOf(STRING)]) } },
])("a configuration that says $says is right", ({ said }) => {
  expect(validateNamespaceKv(config(said))).toEqual([]);
});

it.each([
  { says: "an empty part in its namespace", said: { namespace: str("a..b") }, at: "namespace", tells: "dotted path" },
  { says: "a namespace of 151 characters", said: { namespace: str("a".repeat(151)) }, at: "namespace", tells: "150" },
  { says: "a reserved namespace", said: { namespace: str("search") }, at: "namespace", tells: "reserved" },
  { says: "an empty key", said: { key: str("") }, at: "key", tells: "1 to 256 code points, not 0" },
  { says: "a key of 257 characters", said: { key: str("k".repeat(257)) }, at: "key", tells: "not 257" },
  { says: "U+0000 in its key", said: { key: str("a\0b") }, at: "key", tells: "U+0000" },
  { says: "an unknown type", said: { type: str("string") }, at: "type", tells: "in capitals" },
  { says: "a TTL that is none", said: { ttl: str("1h") }, at: "ttl", tells: '"PT1H30M"' },
  { says: "a TTL of nothing", said: { ttl: str("PT0S") }, at: "ttl", tells: "longer than nothing" },
  { says: "a TTL above 100 years", said: { ttl: str("P36525DT1S") }, at: "ttl", tells: "100 years" },
  {
    says: "a description of 4,097 characters",
    said: { description: str("d".repeat(4_097)) },
    at: "description",
    tells: "4096",
  },
  { says: "no value", said: { value: nullOf(DYNAMIC) }, at: "value", tells: 'Set "value"' },
  { says: "no day", said: { type: str("DATE"), value: str("tomorrow") }, at: "value", tells: "A DATE is a day" },
  { says: "a number in quotes", said: { type: str("NUMBER"), value: str("5") }, at: "value", tells: "without quotes" },
])("a configuration that says $says is told so at $at", ({ said, at, tells }) => {
  const found = validateNamespaceKv(config(said));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({ severity: "error", path: [{ attribute: at }] });
  expect(found[0]?.detail).toContain(tells);
});

it("text that is not UTF-8 is found where it lies", () => {
  const bad = { kind: "string", value: "\uFFFD", invalidUtf8: Uint8Array.of(0xff) } as const;
  expect(validateNamespaceKv(config({ value: tuple([str("good"), bad]) }))).toMatchObject([
    { path: [{ attribute: "value" }, { index: 1 }] },
  ]);
});

it("a value that is nested too deep is refused", () => {
  expect(validateNamespaceKv(config({ value: deep() }))).toMatchObject([{ path: [{ attribute: "value" }] }]);
});

it("no complaint repeats a value", () => {
  const secret = "s3cr3t";
  const found = validateNamespaceKv(
    config({ type: str("DATE"), value: str(secret), ttl: str(secret), description: str(`${secret}\0`) }),
  );
  expect(found).toHaveLength(3);
  expect(JSON.stringify(found)).not.toContain(secret);
});
