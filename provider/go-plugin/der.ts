/** ASN.1 tags that a certificate needs (X.690, §8). */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/**
 * One DER value: its tag, its length in the fewest bytes, its content (X.690, §10.1).
 * @param content the parts of the content, in order; each already DER where the tag holds other values
 */
export function der(tag: number, ...content: readonly Uint8Array[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(body.length)]), body]);
}

/** `[number]` around `content`, as X.509 writes its explicit tags (X.690, §8.14). */
export function explicit(number: number, ...content: readonly Uint8Array[]): Buffer {
  return der(0xa0 + number, ...content);
}

/** An object identifier, from its dotted form (X.690, §8.19). */
export function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split(".").map(Number);
  return der(0x06, Buffer.from([first * 40 + second, ...rest.flatMap(base128)]));
}

/** A time as RFC 5280 §4.1.2.5 wants it: two digits of the year up to 2049, four from 2050 on. */
export function time(at: Date): Buffer {
  const digits = `${at.toISOString().replace(/[-:T]/g, "").slice(0, 14)}Z`;
  return at.getUTCFullYear() < 2050
    ? der(TAG.utcTime, Buffer.from(digits.slice(2)))
    : der(TAG.generalizedTime, Buffer.from(digits));
}

function lengthOf(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = bytesOf(length, 256);
  return [0x80 + bytes.length, ...bytes];
}

function base128(arc: number): number[] {
  const digits = bytesOf(arc, 128);
  return digits.map((digit, index) => (index === digits.length - 1 ? digit : digit + 0x80));
}

/** The digits of `value`, the highest first; at least one. */
function bytesOf(value: number, base: number): number[] {
  return value < base ? [value] : [...bytesOf(Math.floor(value / base), base), value % base];
}
