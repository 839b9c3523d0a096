import type { ByteSource } from "./byte-source.ts";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
export const isJsonSpace = (byte: number): boolean =>
  byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
/** Within a line. */
export const isBlank = (byte: number): boolean => isJsonSpace(byte) && byte !== NEWLINE;
const isOpen = (byte: number): boolean => byte === 0x7b || byte === 0x5b;
const isClose = (byte: number): boolean => byte === 0x7d || byte === 0x5d;

/**
 * Finds where one JSON value ends while its bytes flow by. It looks at brackets and quotes only: whoever stores the
 * value checks it.
 */
export class JsonEnd {
  readonly #inLine: boolean;
  #depth = 0;
  #inString = false;
  #escaped = false;
  #started = false;
  #done = false;

  /** `inLine`: a line break ends it too, since there the value has been cut off. */
  constructor(inLine: boolean) {
    this.#inLine = inLine;
  }

  /** Where the value ends in this piece, or -1 when it goes on. The first byte is the value's own. */
  find(piece: Uint8Array): number {
    let at = 0;
    while (at < piece.length) {
      const byte = piece[at] as number;
      if (byte === NEWLINE && this.#inLine) return at;
      if (this.#inString) at = this.#string(piece, at);
      else if (this.#ends(byte)) return at;
      else at++;
      if (this.#done) return at;
    }
    return -1;
  }

  /** Runs behind the string's end, to a line break that ends all, or to the piece's end. */
  #string(piece: Uint8Array, from: number): number {
    for (let at = from; at < piece.length; at++) {
      const byte = piece[at];
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === NEWLINE && this.#inLine) return at;
      else if (byte === QUOTE) {
        this.#inString = false;
        this.#done = this.#depth === 0;
        return at + 1;
      }
    }
    return piece.length;
  }

  /** Whether the value ended before this byte. */
  #ends(byte: number): boolean {
    if (this.#depth === 0 && this.#started && (byte === 0x2c || isClose(byte) || isJsonSpace(byte))) return true;
    this.#started = true;
    if (byte === QUOTE) this.#inString = true;
    else if (isOpen(byte)) this.#depth++;
    else if (isClose(byte)) {
      this.#depth--;
      this.#done = this.#depth <= 0;
    }
    return false;
  }
}

/** A value that begins at the source's next byte. Whoever asks for the next item reads it to its end first. */
export class FlowingValue {
  readonly #source: ByteSource;
  readonly #end: JsonEnd;
  #done = false;

  constructor(source: ByteSource, inLine: boolean) {
    this.#source = source;
    this.#end = new JsonEnd(inLine);
  }

  /** The next piece, or undefined when there is no more; a value that the upload cuts off just ends. */
  async next(): Promise<Uint8Array | undefined> {
    while (!this.#done) {
      const { buffered } = this.#source;
      const end = this.#end.find(buffered);
      this.#done = end >= 0;
      const piece = this.#source.take(end >= 0 ? end : buffered.length);
      if (!this.#done && piece.length === 0 && !(await this.#source.more())) this.#done = true;
      if (piece.length > 0) return piece;
    }
    return undefined;
  }

  /** All of it when it has at most `max` bytes, else its pieces as they come. */
  async upTo(max: number): Promise<Uint8Array | AsyncIterable<Uint8Array>> {
    const pieces: Uint8Array[] = [];
    let length = 0;
    for (let piece = await this.next(); piece; piece = await this.next()) {
      pieces.push(piece);
      length += piece.length;
      if (length > max) return this.#after(pieces);
    }
    return Buffer.concat(pieces);
  }

  async *#after(pieces: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
    yield* pieces;
    yield* this.pieces();
  }

  async *pieces(): AsyncGenerator<Uint8Array> {
    for (let piece = await this.next(); piece; piece = await this.next()) yield piece;
  }

  async drain(): Promise<void> {
    while (await this.next());
  }
}
