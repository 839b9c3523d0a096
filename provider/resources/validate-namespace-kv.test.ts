import { expect, it } from "vitest";
import { bool, map, nullOf, num, obj, str, tuple, unknownOf } from "../cty/make.ts";
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

const NONE = nullOf(DYNAMIC);
const LATER = unknownOf(DYNAMIC);
const labels = (count: number) =>
  map(STRING, Object.fromEntries(Array.from({ length: count }, (_, at) => [`l${at}`, str("")])));

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
  { says: "no value", said: { value: NONE } },
  { says: "JSON's null", said: { value: NONE, value_json: str("null") } },
  { says: "JSON that HCL cannot hold", said: { value: NONE, value_json: str('{"a": 1e99999, "a": "\\ud800"}') } },
  { says: "JSON of its type", said: { value: NONE, value_json: str('"2021-09-01"'), type: str("DATE") } },
  { says: "a write-only value", said: { value: NONE, value_wo: num(1), value_wo_version: num(1) } },
  { says: "a write-only value to come", said: { value: NONE, value_wo: LATER, value_wo_version: num(1) } },
  { says: "two values of which one may be null", said: { value_json: unknownOf(STRING) } },
  { says: "an end in microseconds", said: { expires_at: str("2030-01-31T12:00:00.123456000+02:00") } },
  { says: "how it is renewed", said: { ttl: str("P1D"), renew_before: str("PT23H59M"), on_expire: str("error") } },
  { says: "a renewal of a TTL to come", said: { ttl: unknownOf(STRING), renew_before: str("P1D") } },
  { says: "64 labels", said: { labels: labels(64) } },
  { says: "how it ends", said: { deletion_policy: str("abandon"), on_expire: str("ignore"), secret: bool(true) } },
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
  { says: "a TTL below the clock's tick", said: { ttl: str("PT0.0000009S") }, at: "ttl", tells: "longer than nothing" },
  {
    says: "a TTL a nanosecond above 100 years",
    said: { ttl: str("P36525DT0.000000001S") },
    at: "ttl",
    tells: "100 years",
  },
  {
    says: "a renewal of no time",
    said: { ttl: str("P1D"), renew_before: str("PT0S") },
    at: "renew_before",
    tells: "longer than nothing",
  },
  { says: "a TTL above 100 years", said: { ttl: str("P36525DT1S") }, at: "ttl", tells: "100 years" },
  {
    says: "a description of 4,097 characters",
    said: { description: str("d".repeat(4_097)) },
    at: "description",
    tells: "4096",
  },
  { says: "two values", said: { value_json: str("1") }, at: "value_json", tells: '"value" and "value_json"' },
  {
    says: "a write-only value besides",
    said: { value_wo: str("v"), value_wo_version: num(1) },
    at: "value_wo",
    tells: "both give one",
  },
  {
    says: "a write-only value without a version",
    said: { value: NONE, value_wo: LATER },
    at: "value_wo",
    tells: '"value_wo_version = 1"',
  },
  { says: "a version of nothing", said: { value_wo_version: num(1) }, at: "value_wo_version", tells: '"value_wo"' },
  {
    says: "no JSON",
    said: { value: NONE, value_json: str("{a: 1}") },
    at: "value_json",
    tells: "line 1, column 2",
  },
  {
    says: "JSON of another type",
    said: { value: NONE, value_json: str('"5"'), type: str("NUMBER") },
    at: "value_json",
    tells: "without quotes",
  },
  {
    says: "a write-only value of another type",
    said: { value: NONE, value_wo: num(5), value_wo_version: num(1), type: str("STRING") },
    at: "value_wo",
    tells: "tostring()",
  },
  {
    says: "a TTL and an end",
    said: { ttl: str("P1D"), expires_at: unknownOf(STRING) },
    at: "expires_at",
    tells: "Remove one",
  },
  { says: "no end", said: { expires_at: str("tomorrow") }, at: "expires_at", tells: '"2030-01-31T12:00:00Z"' },
  {
    says: "an end in nanoseconds",
    said: { expires_at: str("2030-01-31T12:00:00.1234567Z") },
    at: "expires_at",
    tells: "six digits",
  },
  { says: "a renewal of nothing", said: { renew_before: str("P1D") }, at: "renew_before", tells: 'Set "ttl"' },
  {
    says: "a renewal at once",
    said: { ttl: str("P1D"), renew_before: str("PT24H") },
    at: "renew_before",
    tells: "shorter",
  },
  {
    says: "a renewal that is no duration",
    said: { ttl: str("P1D"), renew_before: str("1h") },
    at: "renew_before",
    tells: '"PT1H30M"',
  },
  { says: "another policy", said: { on_expire: str("delete") }, at: "on_expire", tells: '"ignore"' },
  { says: "another end", said: { deletion_policy: str("keep") }, at: "deletion_policy", tells: '"abandon"' },
  { says: "65 labels", said: { labels: labels(65) }, at: "labels", tells: "not 65" },
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

it.each([
  { says: "no name", name: "", value: str("v") },
  { says: "a name of 129 characters", name: "n".repeat(129), value: str("v") },
  { says: "a value of 1,025 characters", name: "n", value: str("v".repeat(1_025)) },
  { says: "U+0000", name: "n", value: str("v\0") },
  { says: "no text", name: "n", value: nullOf(STRING) },
])("a label that has $says is found by its name", ({ name, value }) => {
  expect(validateNamespaceKv(config({ labels: map(STRING, { [name]: value, good: str("g") }) }))).toMatchObject([
    { severity: "error", path: [{ attribute: "labels" }, { key: name }] },
  ]);
});

it("no complaint repeats a value", () => {
  const secret = "s3cr3t";
  const found = validateNamespaceKv(
    config({
      ...{ type: str("DATE"), value: str(secret), ttl: str(secret), description: str(`${secret}\0`) },
      ...{ value_json: str(`{"${secret}"`), value_wo: str(secret), expires_at: str(secret), on_expire: str(secret) },
      labels: map(STRING, { l: str(`${secret}\0`) }),
    }),
  );
  expect(found.map(({ path }) => path?.[0]).length).toBeGreaterThan(8);
  expect(JSON.stringify(found)).not.toContain(secret);
});
