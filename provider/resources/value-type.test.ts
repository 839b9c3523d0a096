import { describe, expect, it } from "vitest";
import { bool, list, nullOf, num, obj, str, tuple, unknownOf } from "../cty/make.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import { impliedType, misfitOf, sameMeaning, type ValueType, valueFromService } from "./value-type.ts";

it.each([
  { value: str("2021-09-01"), type: "STRING" },
  { value: num(1), type: "NUMBER" },
  { value: bool(true), type: "BOOLEAN" },
  { value: tuple([]), type: "JSON" },
  { value: obj({}), type: "JSON" },
  { value: list(STRING, []), type: "JSON" },
  { value: unknownOf(STRING), type: "STRING" },
  { value: unknownOf(DYNAMIC), type: undefined },
  { value: nullOf(DYNAMIC), type: undefined },
])("a $value.kind implies $type", ({ value, type }) => {
  expect(impliedType(value)).toBe(type);
});

describe("a value must fit a type that is written", () => {
  it.each([
    { type: "DATE", value: str("2021-09-01") },
    { type: "DATETIME", value: str("2021-09-01T01:02:03+02:00") },
    { type: "DURATION", value: str("P1D") },
    { type: "STRING", value: str("") },
    { type: "NUMBER", value: num("1e400") },
    { type: "BOOLEAN", value: bool(false) },
    { type: "JSON", value: str("text") },
    { type: "JSON", value: num(1) },
    { type: "JSON", value: tuple([nullOf(DYNAMIC)]) },
  ] as const)("$type takes a $value.kind", ({ type, value }) => {
    expect(misfitOf(type, value)).toBeUndefined();
  });

  it.each([
    { type: "DATE", value: str("tomorrow"), needs: 'a day such as "2021-09-01"' },
    { type: "DATETIME", value: str("2021-09-01"), needs: "an instant with its offset" },
    { type: "DURATION", value: str("1h"), needs: "an ISO 8601 duration" },
    { type: "DURATION", value: num(5), needs: "an ISO 8601 duration" },
    { type: "STRING", value: num(5), needs: "a string; tostring()" },
    { type: "NUMBER", value: str("5"), needs: "a number, without quotes" },
    { type: "BOOLEAN", value: str("true"), needs: "true or false, without quotes" },
  ] as const)("$type refuses this $value.kind and says what it needs", ({ type, value, needs }) => {
    expect(misfitOf(type, value)).toContain(needs);
  });
});

it.each([
  { type: "DATETIME", a: str("2021-09-01T01:02:03Z"), b: str("2021-09-01T03:02:03+02:00"), same: true },
  { type: "STRING", a: str("2021-09-01T01:02:03Z"), b: str("2021-09-01T03:02:03+02:00"), same: false },
  { type: "DURATION", a: str("P1D"), b: str("PT24H"), same: true },
  { type: "STRING", a: str("P1D"), b: str("PT24H"), same: false },
  { type: "NUMBER", a: num("1.0"), b: num(1), same: true },
  { type: "JSON", a: obj({ a: num(1), b: num(2) }), b: obj({ b: num(2), a: num(1) }), same: true },
  { type: "JSON", a: tuple([str("x")]), b: list(STRING, [str("x")]), same: true },
  { type: "JSON", a: tuple([str("x")]), b: tuple([str("y")]), same: false },
  { type: "STRING", a: str("1"), b: num(1), same: false },
] satisfies { type: ValueType; a: unknown; b: unknown; same: boolean }[])(
  "as $type, $a.kind and $b.kind mean the same: $same",
  ({ type, a, b, same }) => {
    expect(sameMeaning(type, a, b)).toBe(same);
  },
);

describe("the service's JSON text", () => {
  it("becomes a value with all its digits", () => {
    expect(valueFromService("n/k", '{"a":12345678901234567890123.5,"b":[null]}')).toEqual(
      obj({ a: num("12345678901234567890123.5"), b: tuple([nullOf(DYNAMIC)]) }),
    );
  });

  it.each([
    { json: '{"a":1,"a":2}', why: "comes twice" },
    { json: String.raw`"\ud800"`, why: "surrogate" },
    { json: "1e10001", why: "exponent" },
  ])("that Terraform would change ($why) is refused, naming the key and not the value", ({ json, why }) => {
    const read = () => valueFromService("company.team/k", json);
    expect(read).toThrow(DiagnosticError);
    try {
      read();
    } catch (failure) {
      const { detail, path } = (failure as DiagnosticError).diagnostic;
      expect(detail).toContain('"company.team/k"');
      expect(detail).toContain(why);
      expect(detail).not.toContain(json);
      expect(path).toEqual([{ attribute: "value" }]);
    }
  });
});
