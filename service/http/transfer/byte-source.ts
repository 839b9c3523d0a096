import { Failure } from "../../domain/fault.ts";

const NEWLINE = 0x0a;
const EMPTY: Uint8Array = new Uint8Array();

/** Bytes of an upload, taken at the reader's pace; knows in which line it is. */
export class ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #buffered = EMPTY;
  #line = 1;
  #failure: { readonly error: unknown } | undefined;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#chunks = bytes[Symbol.asyncIterator]();
  }

  /** What is here and not taken yet. */
  get buffered(): Uint8Array {
    return this.#buffered;
  }

  /** The line of the next byte; the first is 1. */
  get line(): number {
    return this.#line;
  }

  /** Waits for more bytes behind those that are here; false at the end. Fails as the upload does, then each time. */
  async more(): Promise<boolean> {
    if (this.#failure) throw this.#failure.error;
    try {
      const next = await this.#chunks.next();
      if (next.done) return false;
      this.#buffered = this.#buffered.length === 0 ? next.value : Buffer.concat([this.#buffered, next.value]);
      return true;
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  take(count: number): Uint8Array {
    const taken = this.#buffered.subarray(0, count);
    this.#buffered = this.#buffered.subarray(count);
    for (let at = taken.indexOf(NEWLINE); at >= 0; at = taken.indexOf(NEWLINE, at + 1)) this.#line++;
    return taken;
  }

  /** The next line with its end; "long" when it has more than `max` bytes, and is left where it is; undefined at the end. */
  async takeLine(max: number): Promise<Uint8Array | "long" | undefined> {
    let looked = 0;
    for (;;) {
      const end = this.#buffered.indexOf(NEWLINE, looked);
      if (end >= 0 && end < max) return this.take(end + 1);
      if (this.#buffered.length > max) return "long";
      looked = this.#buffered.length;
      if (await this.more()) continue;
      return looked === 0 ? undefined : this.take(looked);
    }
  }

  /** Passes over the rest of the line. */
  async skipLine(): Promise<void> {
    for (;;) {
      const end = this.#buffered.indexOf(NEWLINE);
      if (end >= 0) {
        this.take(end + 1);
        return;
      }
      this.take(this.#buffered.length);
      if (!(await this.more())) return;
    }
  }

  /** The next byte that is no space, left where it is; undefined at the end. */
  async peek(isSpace: (byte: number) => boolean): Promise<number | undefined> {
    for (;;) {
      const at = this.#buffered.findIndex((byte) => !isSpace(byte));
      if (at >= 0) {
        this.take(at);
        return this.#buffered[0];
      }
      this.take(this.#buffered.length);
      if (!(await this.more())) return undefined;
    }
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}

/** The upload cannot be read any further. */
export const unreadable = (line: number, reason: string): Failure =>
  new Failure({ kind: "malformed", field: "body", reason: `Line ${line}: ${reason}` });
