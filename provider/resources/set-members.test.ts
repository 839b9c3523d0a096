import { describe, expect, it } from "vitest";
import { list, map, nullOf, num, obj, str, unknownOf } from "../cty/make.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import { setWith } from "./fixture-set.ts";
import { sameMembers, textsIn, typesOf } from "./set-members.ts";

describe("the type of a key", () => {
  const typeIn = typesOf(setWith({ types: map(STRING, { day: str("DATE"), open: unknownOf(STRING) }) }));

  it.each([
    { of: "what `types` names", key: "day", value: str("2030-01-31"), is: "DATE" },
    { of: "what `types` will name", key: "open", value: str("x"), is: undefined },
    { of: "a text", key: "a", value: str("2030-01-31"), is: "STRING" },
    { of: "a null", key: "a", value: nullOf(DYNAMIC), is: "JSON" },
    { of: "a null of a type", key: "a", value: nullOf(STRING), is: "JSON" },
    { of: "what will be a text", key: "a", value: unknownOf(STRING), is: "STRING" },
    { of: "what may be anything", key: "a", value: unknownOf(DYNAMIC), is: undefined },
  ])("of $of: $is", ({ key, value, is }) => expect(typeIn(key, value)).toBe(is));
});

it.each([
  { when: "one is a map", prior: map(STRING, { a: str("x") }), planned: obj({ a: str("x") }), same: true },
  { when: "a duration is as long", prior: obj({ d: str("P1D") }), planned: obj({ d: str("PT24H") }), same: true },
  { when: "a value differs", prior: obj({ a: num(1) }), planned: obj({ a: num(2) }), same: false },
  { when: "a key has come", prior: obj({ a: num(1) }), planned: obj({ a: num(1), b: num(1) }), same: false },
  { when: "a key has gone", prior: obj({ a: num(1), b: num(1) }), planned: obj({ a: num(1) }), same: false },
  { when: "one stands for another", prior: obj({ a: num(1) }), planned: obj({ b: num(1) }), same: false },
])("two sets of which $when are the same: $same", ({ prior, planned, same }) => {
  expect(sameMembers(prior, planned, setWith({ types: map(STRING, { d: str("DURATION") }) }))).toBe(same);
});

it("the texts of a list are those that are known", () => {
  expect(textsIn(list(STRING, [str("a"), unknownOf(STRING), str("b")]))).toEqual(["a", "b"]);
  expect([textsIn(nullOf(STRING)), textsIn(str("a"))]).toEqual([[], []]);
});
