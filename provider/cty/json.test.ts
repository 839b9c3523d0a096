import { describe, expect, it } from "vitest";
import { canonicalJson } from "./canonical-json.ts";
import { decodeMsgpack } from "./decode.ts";
import { encodeMsgpack } from "./encode.ts";
import { sameValue } from "./equal.ts";
import { CtyError } from "./error.ts";
import { valueFromJson } from "./json.ts";
import { printJson } from "./json-print.ts";
import { bool, list, map, nullOf, num, obj, set, str, tuple, unknownOf } from "./make.ts";
import { valueFromStateJson } from "./state-json.ts";
import { printStateJson } from "./state-json-print.ts";
import { DYNAMIC, NUMBER, STRING } from "./type.ts";

const at = [{ attribute: "value" }];
const nested = (levels: number) => `${'[{"a":'.repeat(levels / 2)}1${"}]".repeat(levels / 2)}`;

it("reads the value that HCL would make of a document", () => {
  const json = ' {"b": [1.50, "x\\n", true, null, []], "a": {"__proto__": 1e400}} ';
  expect(valueFromJson(json)).toEqual(
    obj({
      b: tuple([num("1.5"), str("x\n"), bool(true), nullOf(DYNAMIC), tuple([])]),
      a: obj(new Map([["__proto__", num("1e400")]])),
    }),
  );
});

describe("what Terraform cannot hold is refused at its place", () => {
  it.each([
    { json: '{"a":{"b":1,"b":2}}', message: "value.a.b: this name comes twice in its object" },
    { json: '{"\\u00e9":1,"e\\u0301":2}', message: "value.é: this name comes twice in its object" },
    { json: '["\\ud800"]', message: "value[0]: text with half of a surrogate pair, which Terraform cannot hold" },
    { json: '{"x":[0,1e10001]}', message: /^value\.x\[1\]: a number is required, with an exponent within ±10000 / },
    { json: '{"x":[0,1e-10001]}', message: /^value\.x\[1\]: / },
    { json: nested(1_002), message: "value: nested deeper than 1000 levels" },
  ])("$message", ({ json, message }) => {
    expect(() => valueFromJson(json, at)).toThrow(CtyError);
    expect(() => valueFromJson(json, at)).toThrow(message);
  });

  it("a name that is half of a surrogate pair too", () => {
    expect(() => valueFromJson('{"\\udc00":1}', at)).toThrow("half of a surrogate pair");
  });
});

it.each([
  { json: "", where: "line 1, column 1" },
  { json: "[1,\n  2", where: 'line 2, column 4: "," or "]" should follow' },
  { json: '{"a" 1}', where: 'line 1, column 6: ":" should follow' },
  { json: '{"a":1,}', where: "line 1, column 8: a name in quotes should follow" },
  { json: "[1,]", where: "line 1, column 4: a value should follow" },
  { json: "01", where: "line 1, column 2: the document should end" },
  { json: "1.", where: "line 1, column 3: a value should follow" },
  { json: "nul", where: "line 1, column 1: a value should follow" },
  { json: '"secret', where: "line 1, column 8: a string ends too early" },
  { json: '"a\tb"', where: "line 1, column 3: a string ends too early" },
  { json: '"\\x"', where: "line 1, column 1: a string has a wrong escape" },
  { json: "\uFEFF1", where: "line 1, column 1" },
  { json: "\u00a01", where: "line 1, column 1" },
  { json: "+1", where: "line 1, column 1" },
  { json: "Infinity", where: "line 1, column 1" },
])("$json is not JSON at $where", ({ json, where }) => {
  expect(() => valueFromJson(json)).toThrow(`not JSON at ${where}`);
  expect(() => JSON.parse(json)).toThrow();
});

describe("prints", () => {
  it.each([
    ["-123456789012345678901234567890.125", "-123456789012345678901234567890.125"],
    ["1e39", `1${"0".repeat(39)}`],
    ["1e40", `1${"0".repeat(40)}`],
    ["1e41", "1e+41"],
    ["-1e-41", `-0.${"0".repeat(40)}1`],
    ["-1e-42", "-1e-42"],
  ])("%s as %s: an exponent stands only for many zeros", (text, printed) => {
    expect(printJson(num(text))).toBe(printed);
  });

  it("every kind of value, with sorted names and all digits", () => {
    const value = obj({
      b: list(NUMBER, [num("1.0"), num("1e400"), num("123456789012345678901234567890")]),
      a: map(STRING, { "\u{10000}": str('"\u2028'), "\uFFEE": nullOf(STRING) }),
      c: set(STRING, [str("x")]),
    });
    expect(printJson(value)).toBe(
      '{"a":{"\uFFEE":null,"\u{10000}":"\\"\u2028"},"b":[1,1e+400,123456789012345678901234567890],"c":["x"]}',
    );
  });

  it.each([
    { what: "an unknown value", value: tuple([unknownOf(STRING)]), message: "value[0]: a value that is not known yet" },
    { what: "an infinity", value: obj({ n: num("-Inf") }), message: "value.n: an infinite number has no JSON" },
    {
      what: "half a pair",
      value: map(STRING, { k: str("\ud800") }),
      message: 'value["k"]: text with half of a surrogate',
    },
    {
      what: "no UTF-8",
      value: decodeMsgpack(Uint8Array.of(0xa1, 0xff), STRING),
      message: "value: text that is not UTF-8",
    },
  ])("no JSON for $what", ({ value, message }) => {
    expect(() => printJson(value, at)).toThrow(message);
  });
});

it("1,000 levels go every way", () => {
  const json = nested(1_000);
  const value = valueFromJson(json);
  expect(printJson(value)).toBe(json);
  expect(canonicalJson(json)).toBe(json);
  expect(printStateJson(value, DYNAMIC)).toContain(`{"value":${json},"type":`);
  expect(sameValue(decodeMsgpack(encodeMsgpack(value, DYNAMIC), DYNAMIC), value)).toBe(true);
});

it("2,000 neighbours are no depth", () => {
  const json = `[${'{"a":[]},'.repeat(1_999)}{"a":[]}]`;
  const value = valueFromJson(json);
  expect(printJson(value)).toBe(json);
  expect(canonicalJson(json)).toBe(json);
  expect(decodeMsgpack(encodeMsgpack(value, DYNAMIC), DYNAMIC)).toEqual(value);
  expect(valueFromStateJson(printStateJson(value, DYNAMIC), DYNAMIC)).toEqual(value);
});

describe("the canonical text of a document", () => {
  it.each([
    { json: ' { "b" : 1.0 , "a" : [ 1e2 , null ] } ', canonical: '{"a":[100,null],"b":1}' },
    { json: '"\\u00e9\\/\\u0041"', canonical: '"é/A"' },
    { json: '"e\\u0301"', canonical: '"e\u0301"' }, // no other normal form
    { json: '"\\uD800"', canonical: '"\\ud800"' },
    { json: '{"a":2,"b":0,"a":1}', canonical: '{"a":2,"a":1,"b":0}' },
    { json: '{"\\ud800\\udc00":1,"\\uffee":2}', canonical: '{"\uFFEE":2,"\u{10000}":1}' },
    { json: '{"__proto__":[true,false]}', canonical: '{"__proto__":[true,false]}' },
    { json: "1e99999999999", canonical: "1e+99999999999" },
    { json: `0.${"1".repeat(200)}`, canonical: `0.${"1".repeat(200)}` },
  ])("$json is $canonical", ({ json, canonical }) => {
    expect(canonicalJson(json)).toBe(canonical);
    expect(canonicalJson(canonical)).toBe(canonical);
  });

  it("does not exist for what is no JSON, or deeper than the service stores", () => {
    expect(() => canonicalJson("{", [{ attribute: "value_json" }])).toThrow(
      /^value_json: not JSON at line 1, column 2/,
    );
    expect(() => canonicalJson(nested(1_002))).toThrow(CtyError);
    expect(() => canonicalJson("[".repeat(1_000_000))).toThrow("nested deeper");
  });
});
