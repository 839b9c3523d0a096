import { describe, expect, it } from "vitest";
import { CtyError } from "./error.ts";
import { bool, list, map, nullOf, num, obj, set, str, tuple, unknownOf } from "./make.ts";
import { valueFromStateJson } from "./state-json.ts";
import { printStateJson } from "./state-json-print.ts";
import { BOOL, DYNAMIC, listType, mapType, NUMBER, objectType, STRING, setType, type Type, tupleType } from "./type.ts";
import type { Value } from "./value.ts";

const at = [{ attribute: "state" }];

it("a resource's state is read and printed by its schema's type", () => {
  const type = objectType({
    id: STRING,
    labels: mapType(STRING),
    revision: NUMBER,
    tags: setType(STRING),
    value: DYNAMIC,
  });
  const json =
    '{"id":"ns/k","labels":{"env":"prod"},"revision":9007199254740993,"tags":["a"],' +
    '"value":{"value":[1,null],"type":["tuple",["number","dynamic"]]}}';
  const value = obj({
    id: str("ns/k"),
    labels: map(STRING, { env: str("prod") }),
    revision: num("9007199254740993"),
    tags: set(STRING, [str("a")]),
    value: tuple([num(1), nullOf(DYNAMIC)]),
  });
  expect(valueFromStateJson(json, type)).toEqual(value);
  expect(printStateJson(value, type)).toBe(json);
});

it("a map's names are printed in the order of their bytes", () => {
  const value = map(BOOL, { "\u{10000}": bool(true), "\uFFEE": bool(true), a: bool(false) });
  expect(printStateJson(value, mapType(BOOL))).toBe('{"a":false,"\uFFEE":true,"\u{10000}":true}');
});

describe("as lenient as Terraform itself", () => {
  it.each<{ json: string; type: Type; value: Value }>([
    { json: '"1e3"', type: NUMBER, value: num(1000) },
    { json: "1.50", type: STRING, value: str("1.50") },
    { json: "true", type: STRING, value: str("true") },
    { json: '"1"', type: BOOL, value: bool(true) },
    { json: '"false"', type: BOOL, value: bool(false) },
    { json: "{}", type: objectType({ a: STRING }), value: obj({ a: nullOf(STRING) }) },
    { json: "null", type: listType(STRING), value: nullOf(listType(STRING)) },
    { json: '["a","a"]', type: setType(STRING), value: set(STRING, [str("a")]) },
    { json: '{"type":"string","value":null}', type: DYNAMIC, value: nullOf(STRING) },
    { json: "[null]", type: listType(DYNAMIC), value: list(DYNAMIC, [nullOf(DYNAMIC)]) },
  ])("$json", ({ json, type, value }) => {
    expect(valueFromStateJson(json, type)).toEqual(value);
  });
});

describe("what does not fit the type is refused at its place", () => {
  it.each<{ json: string; type: Type; message: string }>([
    { json: "[]", type: STRING, message: "state: a string is required" },
    { json: "true", type: NUMBER, message: "state: a number is required" },
    { json: "1", type: BOOL, message: "state: a bool is required" },
    { json: '"yes"', type: BOOL, message: "state: a bool is required" },
    { json: "{}", type: listType(STRING), message: "state: a list is required" },
    { json: "[]", type: mapType(STRING), message: "state: a map is required" },
    { json: "[1]", type: tupleType([]), message: "state: a tuple of length 0 is required" },
    { json: '{"b":1}', type: objectType({ a: STRING }), message: "state.b: there is no such attribute" },
    { json: '{"a":[[]]}', type: mapType(listType(STRING)), message: 'state["a"][0]: a string is required' },
    { json: '"x"', type: DYNAMIC, message: "state: an object of value and type is required" },
    { json: '{"value":1}', type: DYNAMIC, message: "state: a dynamic value must be an object of value and type" },
    { json: '{"value":1,"type":"text"}', type: DYNAMIC, message: "state: a type must be a known name" },
  ])("$message", ({ json, type, message }) => {
    expect(() => valueFromStateJson(json, type, at)).toThrow(CtyError);
    expect(() => valueFromStateJson(json, type, at)).toThrow(message);
  });

  it.each<{ value: Value; type: Type; message: string }>([
    { value: str("1"), type: NUMBER, message: "state: a number is required, not a value of type string" },
    { value: unknownOf(STRING), type: STRING, message: "state: a value that is not known yet" },
    { value: unknownOf(STRING), type: DYNAMIC, message: "state: a value that is not known yet" },
    { value: tuple([]), type: tupleType([STRING]), message: "state: a tuple of length 1 is required" },
    { value: obj({}), type: objectType({ a: STRING }), message: "state.a: a value is missing" },
    { value: obj({ b: bool(true) }), type: objectType({}), message: "state.b: there is no such attribute" },
    { value: num("Inf"), type: NUMBER, message: "state: an infinite number has no JSON" },
  ])("printing: $message", ({ value, type, message }) => {
    expect(() => printStateJson(value, type, at)).toThrow(message);
  });
});
