import { JSON_NUMBER_LENGTH_MAX } from "../../api/limits.ts";

/** An exact decimal: coefficient × 10^exponent. There is one spelling of each number: the coefficient never ends in a
 *  zero, and zero is 0 × 10^0. The infinities are ±1 × 10^Infinity. */
export interface Num {
  readonly coefficient: bigint;
  readonly exponent: number;
}

/** How far from 1 a number may lie, in powers of ten, and how many digits it may have. Terraform's own messages spell a
 *  number with all its zeros, so 1e999999999 in a short text would be a gigabyte on the wire. */
const NUMBER_EXPONENT_MAX = 10_000;
const NUMBER_DIGITS_MAX = 10_000;
/** What to tell someone whose text `parseNumber` refused. */
export const NUMBER_REFUSAL =
  `a number is required, with an exponent within ±${NUMBER_EXPONENT_MAX} ` + `and at most ${NUMBER_DIGITS_MAX} digits`;

const ZERO: Num = { coefficient: 0n, exponent: 0 };
const INFINITY: Num = { coefficient: 1n, exponent: Number.POSITIVE_INFINITY };
const NEGATIVE_INFINITY: Num = { coefficient: -1n, exponent: Number.POSITIVE_INFINITY };

const DECIMAL = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d+))?$/;
const INFINITIES = /^([+-]?)[Ii]nf$/;

/** Reads decimal text, of JSON or of Go (`+1`, `.5`, `Inf`). Undefined for what is no number or out of bounds. */
export function parseNumber(text: string): Num | undefined {
  if (text.length > JSON_NUMBER_LENGTH_MAX) return undefined;
  const parts = DECIMAL.exec(text);
  if (parts === null) {
    const infinity = INFINITIES.exec(text);
    if (infinity === null) return undefined;
    return infinity[1] === "-" ? NEGATIVE_INFINITY : INFINITY;
  }
  const [, sign, whole = "", fraction = "", power = "0"] = parts;
  const digits = whole + fraction;
  if (digits === "") return undefined;
  return decimal(sign === "-", digits, Number(power) - fraction.length);
}

function decimal(negative: boolean, digits: string, exponent: number): Num | undefined {
  // Loops and no regular expression: /0+$/ takes quadratic time on zeros that a digit follows.
  let start = 0;
  let end = digits.length;
  while (start < end && digits[start] === "0") start++;
  while (end > start && digits[end - 1] === "0") end--;
  if (start === end) return ZERO; // whatever its exponent

  const order = exponent + digits.length - start - 1; // d.ddd × 10^order
  if (Math.abs(order) > NUMBER_EXPONENT_MAX || end - start > NUMBER_DIGITS_MAX) return undefined;
  const coefficient = BigInt(digits.slice(start, end));
  return { coefficient: negative ? -coefficient : coefficient, exponent: exponent + digits.length - end };
}

/** The number that a double stands for: an integer exactly, a fraction as its shortest decimal, since that is how
 *  go-cty compares numbers (the double 0.1 equals the text 0.1, and not 0.1000000000000000055…).
 *  Undefined for NaN, which Terraform does not know. */
export function numberFromDouble(double: number): Num | undefined {
  if (Number.isSafeInteger(double)) return numberFromInteger(double);
  if (Number.isNaN(double)) return undefined;
  if (!Number.isFinite(double)) return double > 0 ? INFINITY : NEGATIVE_INFINITY;
  return parseNumber(Number.isInteger(double) ? BigInt(double).toString() : String(double));
}

/** Takes a safe integer without the way through text: nearly every number of a state is one. */
function numberFromInteger(integer: number): Num {
  if (integer === 0) return ZERO;
  let exponent = 0;
  let coefficient = integer;
  while (coefficient % 10 === 0) {
    coefficient /= 10;
    exponent++;
  }
  return { coefficient: BigInt(coefficient), exponent };
}

export function isInfinite(number: Num): boolean {
  return number.exponent === Number.POSITIVE_INFINITY;
}

/** All digits without an exponent, as Terraform's `tostring` prints a number: `1000`, `-0.05`, `+Inf`. */
export function printNumber(number: Num): string {
  const { coefficient, exponent } = number;
  const sign = coefficient < 0n ? "-" : "";
  if (isInfinite(number)) return sign === "" ? "+Inf" : "-Inf";
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString();
  if (exponent >= 0) return `${sign}${digits}${"0".repeat(exponent)}`;
  const point = digits.length + exponent;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}
