import { describe, expect, it } from "vitest";
import { CtyError } from "./error.ts";
import { BOOL, DYNAMIC, listType, mapType, NUMBER, objectType, STRING, sameType, setType, tupleType } from "./type.ts";
import { parseType, printType } from "./type-notation.ts";

const NOTATIONS = [
  { notation: '"string"', type: STRING },
  { notation: '"dynamic"', type: DYNAMIC },
  { notation: '["list","string"]', type: listType(STRING) },
  { notation: '["set",["map","number"]]', type: setType(mapType(NUMBER)) },
  { notation: '["tuple",[]]', type: tupleType([]) },
  { notation: '["tuple",["string",["list","bool"]]]', type: tupleType([STRING, listType(BOOL)]) },
  { notation: '["object",{}]', type: objectType({}) },
  { notation: '["object",{"a":"bool","b":"number"}]', type: objectType({ b: NUMBER, a: BOOL }) },
  { notation: '["object",{"a":"bool","b":"bool"},["a","b"]]', type: objectType({ a: BOOL, b: BOOL }, ["b", "a"]) },
  { notation: '["object",{"__proto__":"bool"}]', type: objectType(new Map([["__proto__", BOOL]])) },
];

it.each(NOTATIONS)("$notation is read and printed", ({ notation, type }) => {
  expect(parseType(notation)).toEqual(type);
  expect(printType(type)).toBe(notation);
});

it("attributes are written in the order of their bytes, and read in any", () => {
  const type = parseType('["object",{"\u{10000}":"bool","\uFFEE":"bool","a":"bool","B":"bool"}]');
  expect(printType(type)).toBe('["object",{"B":"bool","a":"bool","\uFFEE":"bool","\u{10000}":"bool"}]');
});

it("an attribute's name takes normal form C", () => {
  expect(parseType('["object",{"e\u0301":"bool"},["e\u0301"]]')).toEqual(objectType({ "\u00e9": BOOL }, ["\u00e9"]));
});

it.each([
  "",
  "string",
  '"text"',
  "null",
  "1",
  "{}",
  "[]",
  '["list"]',
  '["list","string","string"]',
  '["list",null]',
  '["tuple","string"]',
  '["object",[]]',
  '["object",{"a":null}]',
  '["object",{},"a"]',
  '["object",{},[1]]',
  '["object",{},[],1]',
  '["object",{"\\ud800":"bool"}]',
  '["capsule","x"]',
])("%s is no type", (notation) => {
  expect(() => parseType(notation, [{ attribute: "value" }])).toThrow(CtyError);
  expect(() => parseType(notation, [{ attribute: "value" }])).toThrow(/^value: /);
});

it("a type of 1,000 levels is read, one of more is refused", () => {
  const nested = (levels: number) => `${'["list",'.repeat(levels)}"bool"${"]".repeat(levels)}`;
  expect(printType(parseType(nested(1_000)))).toBe(nested(1_000));
  expect(() => parseType(nested(1_001))).toThrow("nested deeper than 1000 levels");
  expect(() => parseType(nested(100_000))).toThrow(CtyError);
});

describe("types are the same", () => {
  it("exactly when they print the same", () => {
    for (const a of NOTATIONS) {
      for (const b of NOTATIONS) {
        expect([a.notation, b.notation, sameType(a.type, parseType(b.notation))]).toEqual([
          a.notation,
          b.notation,
          a.notation === b.notation,
        ]);
      }
    }
  });

  it("only with the same length, names and optional attributes", () => {
    expect(sameType(tupleType([STRING]), tupleType([STRING, STRING]))).toBe(false);
    expect(sameType(objectType({ a: STRING }), objectType({ b: STRING }))).toBe(false);
    expect(sameType(objectType({ a: STRING }), objectType({ a: STRING }, ["a"]))).toBe(false);
    expect(sameType(listType(STRING), setType(STRING))).toBe(false);
  });
});
