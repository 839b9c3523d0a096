import { describe, expect, it } from "vitest";
import { canonicalDecimal } from "./decimal-text.ts";
import { numberFromDouble, parseNumber, printNumber } from "./number.ts";

it.each([
  ["0", "0"],
  ["-0", "0"],
  ["0e999999999999", "0"],
  ["1.0", "1"],
  ["1e0", "1"],
  ["+1", "1"],
  ["007", "7"],
  [".5", "0.5"],
  ["5.", "5"],
  ["1e3", "1000"],
  ["1E-7", "0.0000001"],
  ["-12.3400", "-12.34"],
  ["123456789012345678901234567890", "123456789012345678901234567890"],
  ["0.1000000000000000055511151231257827021181583404541015625", undefined],
  ["1e10000", `1${"0".repeat(10_000)}`],
  ["1e-10000", `0.${"0".repeat(9_999)}1`],
  ["Inf", "+Inf"],
  ["-inf", "-Inf"],
])("%s prints as itself without an exponent", (text, printed = text) => {
  const number = parseNumber(text);
  expect(number && printNumber(number)).toBe(printed);
});

it.each(["", ".", "-", "e1", "1e", "0x10", "1_000", "NaN", "Infinity", " 1", "1 ", "1,5", "١", "--1", "1.2.3"])(
  "%j is no number",
  (text) => {
    expect(parseNumber(text)).toBeUndefined();
  },
);

it.each(["1e10001", "1e-10001", "1e999999999999999999999", "10e10000", `1.${"1".repeat(10_000)}`, "0".repeat(65_537)])(
  "%.30s is out of bounds",
  (text) => {
    expect(parseNumber(text)).toBeUndefined();
  },
);

it.each([
  ["9.99e10000", true],
  ["0.1e10001", true],
  ["0.001e-9997", true],
  ["0.001e-9998", false],
])("what counts is the number and not how it is spelled: %s", (text, within) => {
  expect(parseNumber(text) !== undefined).toBe(within);
});

it("there is one form of a number, however it is spelled", () => {
  for (const text of ["100", "1e2", "100.0", "0.1e3", "1000e-1", "+00100"]) {
    expect(parseNumber(text)).toEqual({ coefficient: 1n, exponent: 2 });
  }
});

describe("a double", () => {
  it.each([
    [0.1, "0.1"],
    [-0, "0"],
    [1e21, "1000000000000000000000"],
    [0.30000000000000004, "0.30000000000000004"],
    [9007199254740993n, "9007199254740992"],
    [2 ** 60, "1152921504606846976"],
    [Number.POSITIVE_INFINITY, "+Inf"],
  ])("%s is an exact integer or its shortest decimal", (double, printed) => {
    const number = numberFromDouble(Number(double));
    expect(number && printNumber(number)).toBe(printed);
  });

  it("that is no number is none here either", () => {
    expect(numberFromDouble(Number.NaN)).toBeUndefined();
  });
});

describe("the canonical spelling in JSON", () => {
  it.each([
    ["-0.0", "0"],
    ["1.50", "1.5"],
    ["100", "100"],
    ["1e2", "100"],
    ["123456789012345678901", "123456789012345678901"],
    ["1234567890123456789012", "1.234567890123456789012e+21"],
    ["1E+400", "1e+400"],
    ["-1.5e-10", "-1.5e-10"],
    ["0.000001", "0.000001"],
    ["0.0000001", "1e-7"],
    ["12.3456789012345678901234567890", "12.345678901234567890123456789"],
    ["1e99999999999999999999999", "1e+99999999999999999999999"],
    ["10e99999999999999999999999", "1e+100000000000000000000000"],
  ])("of %s is %s", (text, canonical) => {
    expect(canonicalDecimal(text)).toBe(canonical);
    expect(canonicalDecimal(canonical)).toBe(canonical);
  });

  it("is that of JSON.stringify for every double's shortest decimal", () => {
    for (const double of [5e-324, 1e21, 1e20, 123e-20, 0.1, -1.7976931348623157e308, 1 / 3, 2 ** 53, 1e-6, 1e-7]) {
      expect(canonicalDecimal(String(double))).toBe(JSON.stringify(double));
    }
  });
});
