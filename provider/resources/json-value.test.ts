import { describe, expect, it } from "vitest";
import { CtyError } from "../cty/error.ts";
import { impliedTypeOfJson, markedJson, misfitOfJson, sameJson, survivingJson, unmarkedJson } from "./json-value.ts";

it.each([
  { json: ' "x"', type: "STRING" },
  { json: "1e99999", type: "NUMBER" },
  { json: "false", type: "BOOLEAN" },
  { json: "null", type: "JSON" },
  { json: '{"a":1,"a":2}', type: "JSON" },
  { json: '\uFEFF["\\ud800"]', type: "JSON" },
])("$json is a $type", ({ json, type }) => {
  expect(impliedTypeOfJson(json)).toBe(type);
});

describe("two documents", () => {
  it.each([
    { a: '{"a": 1.0, "b": [1e2, "\\u0061"]}', b: '{"b":[100,"a"],"a":1}', type: "JSON", same: true },
    { a: '{"a":1,"a":2}', b: ' {"a":1, "a":2.0}', type: "JSON", same: true },
    { a: '{"a":1,"a":2}', b: '{"a":2,"a":1}', type: "JSON", same: false },
    { a: "0.10000000000000000000000000000000000001", b: "0.1", type: "NUMBER", same: false },
    { a: `1${"0".repeat(200)}1`, b: `1${"0".repeat(200)}2`, type: "NUMBER", same: false },
    { a: '"e\\u0301"', b: '"\\u00e9"', type: "STRING", same: false },
    { a: '"P1D"', b: '"PT24H"', type: "DURATION", same: true },
    { a: '"P1D"', b: '"PT24H"', type: "STRING", same: false },
    { a: '"2030-01-31T12:00:00Z"', b: '"2030-01-31T14:00:00+02:00"', type: "DATETIME", same: true },
    { a: "null", b: '"null"', type: "JSON", same: false },
    { a: '\uFEFF{"a":1}', b: '{"a":1}', type: "JSON", same: true },
  ])("$a and $b of type $type: $same", ({ a, b, type, same }) => {
    expect(sameJson(type, a, b)).toBe(same);
    expect(sameJson(type, b, a)).toBe(same);
  });
});

it("a document that fits its type is no misfit, and another one is told what is needed", () => {
  expect(misfitOfJson("DATE", '"2030-01-31"')).toBeUndefined();
  expect(misfitOfJson("DATE", '"soon"')).toContain("a day");
  expect(misfitOfJson("NUMBER", "1e20000")).toBeUndefined();
});

it("what is no JSON is told by its place, and by nothing of its text", () => {
  const failure = (() => {
    try {
      return sameJson("JSON", '{"s3cr3t"}', "1");
    } catch (error) {
      return error;
    }
  })();
  expect(failure).toBeInstanceOf(CtyError);
  expect(`${failure}`).toMatch(/line 1, column 10/);
  expect(`${failure}`).not.toContain("s3cr3t");
});

it("only what Terraform would compose is escaped", () => {
  expect(survivingJson('{"é": "😀", "n": 1.00}')).toBe('{"é": "😀", "n": 1.00}');
  expect(survivingJson('["e\u0301", "😀"]')).toBe('["e\\u0301", "\\ud83d\\ude00"]');
});

it("only an object or array is marked, and the mark goes no further", () => {
  expect(markedJson('"x"')).toBe('"x"');
  expect(unmarkedJson(markedJson(' {"a":1}'))).toBe(' {"a":1}');
  expect(() => JSON.parse(markedJson('{"a":1}'))).toThrow(SyntaxError);
});
