import { isInfinite, type Num, numberFromDouble } from "./number.ts";

/** Terraform computes with binary floats of this many bits. */
const PRECISION_BITS = 512;
const DOUBLE_BITS = 53;
/** The place of a double's last bit at most: 2^-1074 is the smallest one. */
const DOUBLE_EXPONENT_MIN = -1074;

/** Whether Terraform can tell two numbers apart. It cannot when they round to the same 512 bits, nor when one is a
 *  double and the other that double's shortest decimal: both arrive here as the same bytes. A comparison that knew more
 *  than the wire would find a difference again at every plan. */
export function sameNumber(a: Num, b: Num): boolean {
  if (a.coefficient === b.coefficient && a.exponent === b.exponent) return true;
  return numberKey(a) === numberKey(b);
}

/** Text that two numbers share exactly when `sameNumber` holds. */
export function numberKey(number: Num): string {
  if (isInfinite(number) || number.coefficient === 0n) return `${number.coefficient}e${number.exponent}`;
  const binary = round(number);
  const shortest = shortestOfDouble(binary);
  const { mantissa, exponent } = shortest === undefined ? binary : round(shortest);
  return `${mantissa}p${exponent}`;
}

/** mantissa × 2^exponent, with an odd mantissa. */
interface Binary {
  readonly mantissa: bigint;
  readonly exponent: number;
}

/** Rounds to 512 bits, to the nearest and halves to even, as Go's big.ParseFloat does. */
function round({ coefficient, exponent }: Num): Binary {
  const negative = coefficient < 0n;
  const size = negative ? -coefficient : coefficient;
  let mantissa = exponent >= 0 ? size * 10n ** BigInt(exponent) : size;
  let shift = 0; // the number is mantissa / 2^shift
  if (exponent < 0) {
    const divisor = 10n ** BigInt(-exponent);
    // Two bits more than needed, and a third that stands for the remainder: enough to see on which side of a half it is.
    shift = Math.max(0, PRECISION_BITS + 2 + bitLength(divisor) - bitLength(mantissa));
    const dividend = mantissa << BigInt(shift);
    mantissa = ((dividend / divisor) << 1n) | (dividend % divisor === 0n ? 0n : 1n);
    shift += 1;
  }
  const excess = bitLength(mantissa) - PRECISION_BITS;
  if (excess > 0) {
    mantissa = roundHalfEven(mantissa, BigInt(excess));
    shift -= excess;
  }
  const zeros = bitLength(mantissa & -mantissa) - 1;
  mantissa >>= BigInt(zeros);
  return { mantissa: negative ? -mantissa : mantissa, exponent: zeros - shift };
}

function roundHalfEven(mantissa: bigint, bits: bigint): bigint {
  const kept = mantissa >> bits;
  const rest = mantissa - (kept << bits);
  const half = 1n << (bits - 1n);
  const up = rest > half || (rest === half && (kept & 1n) === 1n);
  return up ? kept + 1n : kept;
}

function bitLength(positive: bigint): number {
  const hex = positive.toString(16);
  return 4 * hex.length - Math.clz32(Number.parseInt(hex.charAt(0), 16)) + 28;
}

/** The shortest decimal of a fraction that is a double. Integers are compared by all their digits. */
function shortestOfDouble({ mantissa, exponent }: Binary): Num | undefined {
  const size = mantissa < 0n ? -mantissa : mantissa;
  if (exponent >= 0 || exponent < DOUBLE_EXPONENT_MIN || bitLength(size) > DOUBLE_BITS) return undefined;
  // Two factors, since 2^-1074 alone would lose bits of the mantissa on the way: both products are exact.
  const half = Math.trunc(exponent / 2);
  return numberFromDouble(Number(mantissa) * 2 ** half * 2 ** (exponent - half));
}

/** The double that stands on the wire for a fraction: one that is exactly the number, and whose shortest decimal
 *  is the number too, so that the value is the same to whoever reads it either way. Undefined when there is none. */
export function exactDouble(number: Num): number | undefined {
  if (number.exponent >= 0 || number.exponent < -FIVES.length + 1) return undefined;
  // c × 10^-k is a double only if 5^k divides c, and what is left fits in 53 bits.
  const five = FIVES[-number.exponent] ?? 1n;
  if (number.coefficient % five !== 0n) return undefined;
  const left = number.coefficient / five;
  if (BigInt.asIntN(DOUBLE_BITS + 1, left) !== left) return undefined;
  const double = Number(`${number.coefficient}e${number.exponent}`);
  const shortest = numberFromDouble(double);
  return shortest?.coefficient === number.coefficient && shortest.exponent === number.exponent ? double : undefined;
}

/** 5^0 to 5^24: a shortest decimal has at most 17 digits, so no larger power divides one. */
const FIVES: readonly bigint[] = Array.from({ length: 25 }, (_, k) => 5n ** BigInt(k));
