import { describe, expect, it } from "vitest";
import { CtyError } from "./error.ts";
import { bool, list, map, nullOf, num, obj, set, str, tuple, unknownOf } from "./make.ts";
import { BOOL, DYNAMIC, listType, NUMBER, objectType, STRING, setType, tupleType } from "./type.ts";
import { attribute, isKnown, isNull, isWhollyKnown, typeOf } from "./value.ts";

describe("constructors", () => {
  it("bring text and names into normal form C", () => {
    expect(str("e\u0301")).toEqual({ kind: "string", value: "\u00e9" });
    expect([...obj({ "e\u0301": bool(true) }).entries.keys()]).toEqual(["\u00e9"]);
    expect([...map(BOOL, { "e\u0301": bool(true) }).entries.keys()]).toEqual(["\u00e9"]);
  });

  it("take any name from a Map", () => {
    const value = obj(new Map([["__proto__", str("x")]]));
    expect(attribute(value, "__proto__")).toEqual(str("x"));
  });

  it("take numbers of every kind, and no NaN", () => {
    expect(num(1.5)).toEqual(num("1.5"));
    expect(num(10n ** 30n)).toEqual(num("1e30"));
    for (const wrong of [Number.NaN, "one", "1e10001"]) expect(() => num(wrong)).toThrow(CtyError);
  });

  it("keep a set's items once, and each that is not known", () => {
    expect(set(NUMBER, [num("1"), num("1.0"), num(2)]).items).toEqual([num(1), num(2)]);
    expect(set(STRING, [unknownOf(STRING), unknownOf(STRING)]).items).toHaveLength(2);
  });

  it("learn the type of a collection's items from them", () => {
    expect(typeOf(list(DYNAMIC, [nullOf(DYNAMIC), str("a")]))).toEqual(listType(STRING));
    expect(typeOf(list(DYNAMIC, []))).toEqual(listType(DYNAMIC));
    expect(typeOf(set(DYNAMIC, [num(1)]))).toEqual(setType(NUMBER));
  });
});

it("an attribute that is not there is an error at its name", () => {
  expect(() => attribute(obj({ a: str("x") }), "b")).toThrow("b: there is no such attribute");
  expect(() => attribute(nullOf(objectType({ a: STRING })), "a")).toThrow(CtyError);
});

it("null and unknown are told from the rest", () => {
  expect([isNull(nullOf(STRING)), isNull(unknownOf(STRING)), isNull(str(""))]).toEqual([true, false, false]);
  expect([isKnown(nullOf(STRING)), isKnown(unknownOf(STRING)), isKnown(str(""))]).toEqual([true, false, true]);
});

it.each([
  { value: list(STRING, [str("a"), unknownOf(STRING)]), wholly: false },
  { value: obj({ a: tuple([map(BOOL, { b: unknownOf(BOOL) })]) }), wholly: false },
  { value: obj({ a: tuple([map(BOOL, { b: nullOf(BOOL) })]), c: set(STRING, []) }), wholly: true },
])("known at every depth: $wholly", ({ value, wholly }) => {
  expect(isWhollyKnown(value)).toBe(wholly);
});

it("an object's type follows from its attributes", () => {
  const value = obj({ b: tuple([num(1), nullOf(DYNAMIC)]), a: unknownOf(BOOL) });
  expect(typeOf(value)).toEqual(objectType({ a: BOOL, b: tupleType([NUMBER, DYNAMIC]) }));
});
