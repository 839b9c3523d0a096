import type { Trail } from "./trail.ts";

/** The heads of msgpack's formats that cty uses. https://github.com/msgpack/msgpack/blob/master/spec.md */
export const NIL = 0xc0;
export const FALSE = 0xc2;
export const TRUE = 0xc3;

/** Reads msgpack from the start of a buffer. Every length is checked against the bytes that are left before anything is
 *  allocated for it. What does not fit ends in a CtyError at the place where `trail` stands. */
export class MsgpackReader {
  readonly trail: Trail;
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Uint8Array, trail: Trail) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength); // a view, no copy
    this.trail = trail;
  }

  /** The next byte, which stays. */
  peek(): number {
    return this.#bytes[this.#at] ?? this.#tooShort();
  }

  byte(): number {
    const byte = this.peek();
    this.#at++;
    return byte;
  }

  /** The next bytes, as a view of the input. */
  take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.#bytes.length) this.#tooShort();
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  /** A big-endian unsigned integer of 1, 2 or 4 bytes. */
  uint(width: number): number {
    let value = 0;
    for (let i = 0; i < width; i++) value = value * 0x100 + this.byte();
    return value;
  }

  /** The length of an array, or undefined when something else comes. */
  arrayLength(): number | undefined {
    return this.#length(0x90, 0xdc, 1);
  }

  /** The number of a map's entries, or undefined when something else comes. */
  mapLength(): number | undefined {
    return this.#length(0x80, 0xde, 2);
  }

  /** The bytes of a str or a bin, or undefined when something else comes. */
  text(): Buffer | undefined {
    const code = this.byte();
    if (code >= 0xa0 && code <= 0xbf) return this.take(code & 0x1f);
    if (code >= 0xc4 && code <= 0xc6) return this.take(this.uint(1 << (code - 0xc4)));
    if (code >= 0xd9 && code <= 0xdb) return this.take(this.uint(1 << (code - 0xd9)));
    return undefined;
  }

  /** @param fixed the code of a length of 0, up to 15 · @param wide the code that 2 bytes follow, then 4
   *  @param per bytes that each of them takes at least */
  #length(fixed: number, wide: number, per: number): number | undefined {
    const code = this.byte();
    let length: number;
    if (code >= fixed && code <= fixed + 0x0f) length = code & 0x0f;
    else if (code === wide || code === wide + 1) length = this.uint(2 * (code - wide + 1));
    else return undefined;
    if (length * per > this.#bytes.length - this.#at) this.#tooShort();
    return length;
  }

  #tooShort(): never {
    return this.trail.fail("the message ends too early");
  }
}
