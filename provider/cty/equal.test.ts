import { describe, expect, it } from "vitest";
import { decodeMsgpack } from "./decode.ts";
import { sameValue } from "./equal.ts";
import { valueFromJson } from "./json.ts";
import { list, map, nullOf, num, obj, set, str, tuple, unknownOf } from "./make.ts";
import { BOOL, DYNAMIC, NUMBER, STRING } from "./type.ts";
import type { Value } from "./value.ts";

it.each([
  { a: "1", b: "1.0", same: true },
  { a: "1", b: "1e0", same: true },
  { a: "1", b: '"1"', same: false },
  { a: "0.1", b: "1e-1", same: true },
  { a: "1e-10000", b: "1.0e-10000", same: true },
  { a: "123456789012345678901234567890", b: "123456789012345678901234567891", same: false },
  { a: '"\\u00e9"', b: '"e\\u0301"', same: true },
  { a: '{"\\u00e9":1}', b: '{"e\\u0301":1}', same: true },
  { a: '{"a":1,"b":[true,null]}', b: ' { "b" : [ true , null ] , "a" : 1.0 } ', same: true },
  { a: "[1,2]", b: "[2,1]", same: false },
  { a: "[1,2]", b: "[1,2,3]", same: false },
  { a: "[1,2,3]", b: "[1,2]", same: false },
  { a: '[1,"a",{}]', b: '[1.0,"a",{}]', same: true },
  { a: '{"a":null}', b: "{}", same: false },
  { a: '{"a":null}', b: '{"b":null}', same: false },
  { a: "null", b: "null", same: true },
  { a: "null", b: "false", same: false },
  { a: "false", b: "0", same: false },
  { a: '""', b: "null", same: false },
  { a: "{}", b: "[]", same: false },
  { a: '{"__proto__":1}', b: "{}", same: false },
])("$a and $b mean the same: $same", ({ a, b, same }) => {
  expect(sameValue(valueFromJson(a), valueFromJson(b))).toBe(same);
  expect(sameValue(valueFromJson(b), valueFromJson(a))).toBe(same);
});

describe("kinds that are one in JSON", () => {
  const items = [str("a"), str("b")];
  const rows: { when: string; a: Value; b: Value; same: boolean }[] = [
    { when: "a list and a tuple", a: list(STRING, items), b: tuple(items), same: true },
    { when: "a set and a tuple", a: set(STRING, items), b: tuple(items), same: true },
    { when: "a set and a tuple in another order", a: set(STRING, items), b: tuple(items.toReversed()), same: false },
    { when: "two sets in another order", a: set(STRING, items), b: set(STRING, items.toReversed()), same: true },
    { when: "two sets of other items", a: set(STRING, items), b: set(STRING, [str("a"), str("c")]), same: false },
    { when: "a map and an object", a: map(STRING, { x: str("a") }), b: obj({ x: str("a") }), same: true },
    { when: "nulls of two types", a: nullOf(STRING), b: nullOf(DYNAMIC), same: true },
    { when: "an unknown value and itself", a: unknownOf(STRING), b: unknownOf(STRING), same: false },
    {
      when: "sets with something unknown",
      a: set(BOOL, [unknownOf(BOOL)]),
      b: set(BOOL, [unknownOf(BOOL)]),
      same: false,
    },
    { when: "an unknown item", a: tuple([num(1), unknownOf(NUMBER)]), b: tuple([num(1), num(2)]), same: false },
    { when: "an unknown value and null", a: unknownOf(STRING), b: nullOf(STRING), same: false },
  ];
  it.each(rows)("$when: $same", ({ a, b, same }) => {
    expect(sameValue(a, b)).toBe(same);
    expect(sameValue(b, a)).toBe(same);
  });
});

it("text that is not UTF-8 is compared by its bytes", () => {
  const read = (hex: string) => decodeMsgpack(Buffer.from(hex, "hex"), STRING);
  expect(sameValue(read("a1ff"), read("a1ff"))).toBe(true);
  expect(sameValue(read("a1ff"), read("a1fe"))).toBe(false);
  expect(sameValue(read("a1ff"), str("\uFFFD"))).toBe(false);
});
