import type { MsgpackReader } from "./msgpack-reader.ts";
import type { MsgpackWriter } from "./msgpack-writer.ts";
import { isInfinite, NUMBER_REFUSAL, type Num, numberFromDouble, parseNumber, printNumber } from "./number.ts";
import { exactDouble } from "./number-equality.ts";

const INT64_DIGITS = 19;

/** Any of the forms that go-cty reads: the integers, the two floats, decimal text. */
export function decodeNumber(reader: MsgpackReader): Num {
  const code = reader.peek();
  const form = FORMS.get(code);
  let number: Num | undefined;
  if (code <= 0x7f || code >= 0xe0) number = numberFromDouble((reader.byte() << 24) >> 24);
  else if (form !== undefined) {
    reader.byte();
    number = form(reader);
  } else {
    const text = reader.text();
    number = text === undefined ? undefined : parseNumber(text.toString("latin1"));
  }
  return number ?? reader.trail.fail(NUMBER_REFUSAL);
}

const FORMS: ReadonlyMap<number, (reader: MsgpackReader) => Num | undefined> = new Map([
  [0xca, (r: MsgpackReader) => numberFromDouble(r.take(4).readFloatBE())],
  [0xcb, (r: MsgpackReader) => numberFromDouble(r.take(8).readDoubleBE())],
  [0xcc, (r: MsgpackReader) => numberFromDouble(r.uint(1))],
  [0xcd, (r: MsgpackReader) => numberFromDouble(r.uint(2))],
  [0xce, (r: MsgpackReader) => numberFromDouble(r.uint(4))],
  [0xcf, (r: MsgpackReader) => parseNumber(r.take(8).readBigUInt64BE().toString())],
  [0xd0, (r: MsgpackReader) => numberFromDouble(r.take(1).readInt8())],
  [0xd1, (r: MsgpackReader) => numberFromDouble(r.take(2).readInt16BE())],
  [0xd2, (r: MsgpackReader) => numberFromDouble(r.take(4).readInt32BE())],
  [0xd3, (r: MsgpackReader) => parseNumber(r.take(8).readBigInt64BE().toString())],
]);

/** The form that go-cty writes: the shortest integer up to 64 signed bits, a double for a fraction that is one, and
 *  decimal text for the rest. */
export function encodeNumber(writer: MsgpackWriter, number: Num): void {
  if (Number.isNaN(number.exponent)) writer.trail.fail(NUMBER_REFUSAL); // a NaN would crash Terraform
  const integer = smallInteger(number);
  const double = isInfinite(number) ? Number(number.coefficient) / 0 : exactDouble(number);
  if (integer !== undefined) encodeInteger(writer, integer);
  else if (double !== undefined) writer.double(double);
  else writer.text(printNumber(number));
}

/** The number as an integer of 64 signed bits, if it is one. */
function smallInteger({ coefficient, exponent }: Num): bigint | undefined {
  if (exponent < 0 || exponent >= INT64_DIGITS) return undefined;
  const integer = exponent === 0 ? coefficient : coefficient * 10n ** BigInt(exponent);
  return BigInt.asIntN(64, integer) === integer ? integer : undefined;
}

function encodeInteger(writer: MsgpackWriter, integer: bigint): void {
  const small = Number(integer);
  if (small >= -0x20 && small < 0x80) writer.byte(small & 0xff);
  else if (small >= 0) encodePositive(writer, small, integer);
  else if (small >= -0x80) writer.head(0xd0, small, 1);
  else if (small >= -0x8000) writer.head(0xd1, small, 2);
  else if (small >= -0x80000000) writer.head(0xd2, small, 4);
  else writer.int64(0xd3, integer);
}

function encodePositive(writer: MsgpackWriter, small: number, integer: bigint): void {
  if (small < 0x100) writer.head(0xcc, small, 1);
  else if (small < 0x10000) writer.head(0xcd, small, 2);
  else if (small < 0x100000000) writer.head(0xce, small, 4);
  else writer.int64(0xcf, integer);
}
