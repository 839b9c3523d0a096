import { hasLoneSurrogate } from "./text.ts";
import type { Trail } from "./trail.ts";

/** Text up to this length is tried as ASCII in a loop, which is faster than one call into Node. */
const SHORT_TEXT = 48;
const CAPACITY_FIRST = 1_024;

/** Writes msgpack in its shortest forms, as go-cty does, into one growing buffer. */
export class MsgpackWriter {
  readonly trail: Trail;
  #bytes = Buffer.allocUnsafe(CAPACITY_FIRST);
  #at = 0;

  constructor(trail: Trail) {
    this.trail = trail;
  }

  /** All that was written, in memory that nothing else shares. */
  finish(): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(this.#bytes.subarray(0, this.#at));
  }

  byte(byte: number): void {
    this.#reserve(1);
    this.#bytes[this.#at++] = byte;
  }

  /** A format's code and a big-endian integer of 1, 2 or 4 bytes after it. */
  head(code: number, value: number, width: number): void {
    this.#reserve(5);
    this.#bytes[this.#at++] = code;
    for (let shift = 8 * (width - 1); shift >= 0; shift -= 8) this.#bytes[this.#at++] = value >>> shift;
  }

  /** A format's code and a 64-bit integer, signed by its code alone. */
  int64(code: number, value: bigint): void {
    this.#reserve(9);
    this.#bytes[this.#at] = code;
    this.#bytes.writeBigUInt64BE(BigInt.asUintN(64, value), this.#at + 1);
    this.#at += 9;
  }

  double(value: number): void {
    this.#reserve(9);
    this.#bytes[this.#at] = 0xcb;
    this.#bytes.writeDoubleBE(value, this.#at + 1);
    this.#at += 9;
  }

  arrayLength(length: number): void {
    this.#length(0x90, 0xdc, length);
  }

  mapLength(length: number): void {
    this.#length(0x80, 0xde, length);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** The head of a str of so many bytes. */
  textLength(size: number): void {
    if (size < 32) this.byte(0xa0 | size);
    else this.#wide(0xd9, size);
  }

  /** The head of a bin of so many bytes. */
  binLength(size: number): void {
    this.#wide(0xc4, size);
  }

  /** The head of an extension of so many bytes. */
  extension(code: number, size: number): void {
    const fixed = [1, 2, 4, 8, 16].indexOf(size);
    if (fixed >= 0) this.byte(0xd4 + fixed);
    else this.#wide(0xc7, size);
    this.byte(code);
  }

  /** A str. Half of a surrogate pair has no UTF-8; Node would write U+FFFD in its place without a word. */
  text(text: string): void {
    if (text.length <= SHORT_TEXT && this.#ascii(text)) return;
    const size = Buffer.byteLength(text);
    if (size !== text.length && hasLoneSurrogate(text)) this.trail.fail("text with half of a surrogate pair");
    this.textLength(size);
    this.#reserve(size);
    this.#at += this.#bytes.write(text, this.#at);
  }

  #ascii(text: string): boolean {
    this.#reserve(text.length + 2);
    const start = this.#at;
    this.textLength(text.length);
    for (let i = 0; i < text.length; i++) {
      const unit = text.charCodeAt(i);
      if (unit >= 0x80) {
        this.#at = start;
        return false;
      }
      this.#bytes[this.#at++] = unit;
    }
    return true;
  }

  #length(fixed: number, wide: number, length: number): void {
    if (length < 16) this.byte(fixed | length);
    else if (length < 0x10000) this.head(wide, length, 2);
    else this.head(wide + 1, length, 4);
  }

  #wide(code: number, size: number): void {
    if (size < 0x100) this.head(code, size, 1);
    else if (size < 0x10000) this.head(code + 1, size, 2);
    else this.head(code + 2, size, 4);
  }

  #reserve(size: number): void {
    if (this.#at + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.#bytes.length, this.#at + size));
    larger.set(this.#bytes.subarray(0, this.#at));
    this.#bytes = larger;
  }
}
