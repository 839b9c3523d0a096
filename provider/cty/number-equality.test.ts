import { describe, expect, it } from "vitest";
import { num } from "./make.ts";
import { exactDouble, numberKey, sameNumber } from "./number-equality.ts";

/** The double 0.1 with all its digits. */
const TENTH = "0.1000000000000000055511151231257827021181583404541015625";
const DIGITS_160 = "1234567890".repeat(16);

it.each([
  { a: "1", b: "1.0", same: true },
  { a: "1", b: "1e0", same: true },
  { a: "0", b: "-0", same: true },
  { a: "1e-10000", b: "10e-10001", same: true },
  { a: "1e-10000", b: "2e-10000", same: false },
  { a: "1", b: "-1", same: false },
  { a: "9007199254740992", b: "9007199254740993", same: false },
  { a: "0.1", b: "0.10000000000000001", same: false },
  // 153 digits are always told apart, and from 512 bits on the rest is lost.
  { a: `0.${"1".repeat(153)}`, b: `0.${"1".repeat(152)}2`, same: false },
  { a: `0.${DIGITS_160}1`, b: `0.${DIGITS_160}2`, same: true },
  { a: `${DIGITS_160}1`, b: `${DIGITS_160}2`, same: true },
  { a: `-${DIGITS_160}1`, b: `-${DIGITS_160}2`, same: true },
  { a: `${DIGITS_160}1`, b: `-${DIGITS_160}1`, same: false },
  { a: `0.1${"0".repeat(170)}1`, b: "0.1", same: true },
  // 2^512 ± 1: the tie at 512 bits goes to the even neighbour, one step further it does not.
  { a: String(2n ** 512n + 1n), b: String(2n ** 512n), same: true },
  { a: String(2n ** 512n + 2n), b: String(2n ** 512n), same: false },
  { a: String(2n ** 512n - 1n), b: String(2n ** 512n), same: false },
  { a: String(2n ** 513n - 1n), b: String(2n ** 513n), same: true },
  { a: String(2n ** 512n + 3n), b: String(2n ** 512n + 4n), same: true },
  // A remainder far behind the tie still decides it.
  { a: `${2n ** 512n + 1n}.${"0".repeat(199)}1`, b: String(2n ** 512n + 2n), same: true },
  { a: String(2n ** 2000n), b: String(2n ** 2000n + 1n), same: true },
  // A double goes over the wire as itself, whether Terraform means its shortest decimal or all its digits.
  { a: "0.1", b: TENTH, same: true },
  { a: TENTH, b: TENTH.replace(/5$/, "4"), same: false },
  { a: "0.000000000931322574615478515625", b: "9.313225746154785e-10", same: true },
  // Integers never do.
  { a: "1e300", b: String(BigInt(1e300)), same: false },
  { a: "Inf", b: "+Inf", same: true },
  { a: "Inf", b: "-Inf", same: false },
  { a: "Inf", b: "1e10000", same: false },
])("$a and $b are the same: $same", ({ a, b, same }) => {
  const [left, right] = [num(a).value, num(b).value];
  expect(sameNumber(left, right)).toBe(same);
  expect(sameNumber(right, left)).toBe(same);
  expect(numberKey(left) === numberKey(right)).toBe(same);
});

describe("a double stands on the wire", () => {
  it.each(["0.5", "-2.25", "1.5e-5", "0.1", "0.0000152587890625", "4503599627370496.5", "4503599627370497.5"])(
    "for %s exactly when it is that number",
    (text) => {
      const { coefficient, exponent } = num(text).value;
      // value = double exactly ⇔ double × 2^60 is the integer coefficient × 2^60 × 10^exponent
      const scaled = coefficient * 2n ** 60n;
      const divisor = 10n ** BigInt(-exponent);
      const exact = scaled % divisor === 0n && BigInt(Number(text) * 2 ** 60) === scaled / divisor;
      expect(exactDouble(num(text).value)).toBe(exact ? Number(text) : undefined);
    },
  );

  it.each(["3", "1e300", TENTH, "5.9604644775390625e-8", "9.31322574615478515625e-10", "1e-400"])(
    "but not for %.20s, an integer or not the double's shortest decimal",
    (text) => {
      expect(exactDouble(num(text).value)).toBeUndefined();
    },
  );
});
