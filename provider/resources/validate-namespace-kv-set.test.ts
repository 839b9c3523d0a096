import { expect, it } from "vitest";
import { list, map, nullOf, num, obj, str, tuple, unknownOf } from "../cty/make.ts";
import { printPath } from "../cty/path.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import type { Value } from "../cty/value.ts";
import { setWith } from "./fixture-set.ts";
import { validateNamespaceKvSet } from "./validate-namespace-kv-set.ts";

type Said = Readonly<Record<string, Value>>;

const faultsOf = (said: Said) =>
  validateNamespaceKvSet(setWith(said)).map(
    ({ path = [], summary, detail }) => `${printPath(path)}: ${summary}: ${detail}`,
  );

const texts = (of: Record<string, string>) =>
  map(STRING, Object.fromEntries(Object.entries(of).map(([key, text]) => [key, str(text)])));

it.each<{ what: string; said: Said }>([
  { what: "an object of any values", said: { values: obj({ a: num(1), "b/c": obj({ d: nullOf(DYNAMIC) }) }) } },
  { what: "a map", said: { values: map(STRING, { a: str("x") }) } },
  { what: "no keys at all", said: { values: obj({}) } },
  { what: "a null", said: { values: obj({ a: nullOf(DYNAMIC) }) } },
  {
    what: "a value that is not known yet",
    said: { values: obj({ a: unknownOf(DYNAMIC), b: tuple([unknownOf(STRING)]) }) },
  },
  { what: "values that are not known yet", said: { values: unknownOf(DYNAMIC), types: texts({ a: "DATE" }) } },
  { what: "a prefix that is not known yet", said: { prefix: unknownOf(STRING), values: obj({ a: num(1) }) } },
  { what: "an empty prefix", said: { prefix: str(""), values: obj({ a: num(1) }) } },
  { what: "a type that the value fits", said: { values: obj({ a: str("P1D") }), types: texts({ a: "DURATION" }) } },
  { what: "patterns", said: { ignore_keys: list(STRING, [str("*"), str("a/?"), unknownOf(STRING)]) } },
])("$what is allowed", ({ said }) => {
  expect(faultsOf(said)).toEqual([]);
});

it.each<{ said: Said; faults: readonly RegExp[] }>([
  { said: { namespace: str("a..b") }, faults: [/^namespace: Invalid namespace/] },
  { said: { values: str("x") }, faults: [/^values: Values by their keys are required: .*an object or a map/] },
  { said: { values: nullOf(DYNAMIC) }, faults: [/^values: Values by their keys are required/] },
  { said: { values: tuple([]) }, faults: [/^values: Values by their keys are required/] },
  { said: { values: obj({ "": num(1) }) }, faults: [/^values\[""\]: Invalid key: .*1 to 256 code points/] },
  { said: { values: obj({ ["k".repeat(257)]: num(1) }) }, faults: [/Invalid key: .*not 257/] },
  {
    said: { prefix: str("a/"), values: obj({ "a/b": num(1), c: num(1) }) },
    faults: [/^values\["c"\]: Invalid key: "c": Every key begins with the prefix, "a\/", and is written as a whole/],
  },
  { said: { prefix: str("k".repeat(257)) }, faults: [/^prefix: Invalid prefix: .*256 code points/] },
  {
    said: {
      values: obj({
        a: num("1e999"),
        b: obj({ c: { kind: "number", value: { coefficient: 1n, exponent: Number.POSITIVE_INFINITY } } }),
      }),
    },
    faults: [/^values\["b"\]\.c: A value cannot be stored as JSON: .*infinite/],
  },
  {
    said: { values: obj({ a: str("soon") }), types: texts({ a: "DATE" }) },
    faults: [/^values\["a"\]: A value does not fit its type: "a": a DATE is a day/],
  },
  {
    said: { values: obj({}), types: texts({ a: "DATE" }) },
    faults: [/^types\["a"\]: Invalid types: "a" is not in "values"/],
  },
  { said: { values: obj({ a: str("x") }), types: texts({ a: "date" }) }, faults: [/^types\["a"\]: .*one of STRING, /] },
  {
    said: { values: obj({ a: str("x") }), types: map(STRING, { a: nullOf(STRING) }) },
    faults: [/^types\["a"\]: .*null/],
  },
  { said: { ttl: str("soon") }, faults: [/^ttl: Invalid ttl/] },
  { said: { deletion_policy: str("keep") }, faults: [/^deletion_policy: .*"delete".*"abandon"/] },
  { said: { ignore_keys: list(STRING, [str("a"), str("")]) }, faults: [/^ignore_keys\[1\]: Invalid ignore_keys/] },
  { said: { ignore_keys: list(STRING, [nullOf(STRING)]) }, faults: [/^ignore_keys\[0\]: Invalid ignore_keys/] },
])("$faults", ({ said, faults }) => {
  const found = faultsOf(said);
  expect(found).toHaveLength(faults.length);
  for (const [index, fault] of faults.entries()) expect(found[index]).toMatch(fault);
  expect(found.join()).not.toContain("soon");
});

it("what is wrong with very many keys is told of ten", () => {
  const members = Array.from({ length: 1_000 }, (_, n) => [`k${n}`, num(1)] as const);
  expect(faultsOf({ prefix: str("a/"), values: obj(new Map(members)) })).toHaveLength(10);
});
