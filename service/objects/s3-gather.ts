import { createHash, type Hash } from "node:crypto";
import type { Whole } from "./s3-exchange.ts";

/** Smaller chunks are copied together: a body of single bytes would else take a hundred times its size in memory. */
const CHUNK_BYTES_MIN = 16 * 1_024;
const BLOCK_BYTES = 64 * 1_024;

/** Collects chunks of one body in memory and hashes them as they come, so that no large body is hashed in one go. */
class Gathering {
  readonly #chunks: Uint8Array[] = [];
  readonly #hash: Hash = createHash("sha256");
  #block: Uint8Array | undefined;
  #blockFilled = 0;
  length = 0;

  add(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    this.length += chunk.byteLength;
    if (chunk.byteLength >= CHUNK_BYTES_MIN) {
      this.#closeBlock();
      this.#chunks.push(chunk);
      return;
    }
    if (!this.#block || this.#blockFilled + chunk.byteLength > BLOCK_BYTES) {
      this.#closeBlock();
      this.#block = Buffer.allocUnsafe(BLOCK_BYTES);
    }
    this.#block.set(chunk, this.#blockFilled);
    this.#blockFilled += chunk.byteLength;
  }

  whole(): Whole {
    this.#closeBlock();
    return { chunks: this.#chunks, length: this.length, sha256: this.#hash.digest("hex") };
  }

  #closeBlock(): void {
    if (this.#block) this.#chunks.push(this.#block.subarray(0, this.#blockFilled));
    this.#block = undefined;
    this.#blockFilled = 0;
  }
}

export const wholeOf = (bytes: Uint8Array): Whole => ({
  chunks: bytes.byteLength > 0 ? [bytes] : [],
  length: bytes.byteLength,
  sha256: createHash("sha256").update(bytes).digest("hex"),
});

/**
 * Cuts a flow into bodies of exactly `bytesOf(1)`, `bytesOf(2)` … bytes, the last one shorter. Yields at least one,
 * perhaps empty, and never an empty one after another. `last` is true when the flow has ended behind it.
 */
export async function* inParts(
  flow: AsyncIterable<Uint8Array>,
  bytesOf: (part: number) => number,
): AsyncGenerator<{ readonly whole: Whole; readonly last: boolean }, void, void> {
  let part = 1;
  let gathering = new Gathering();
  for await (const chunk of flow) {
    let rest = chunk;
    while (rest.byteLength > 0) {
      // A full part goes out only when more has come, so that it is known whether it was the last.
      if (gathering.length === bytesOf(part)) {
        yield { whole: gathering.whole(), last: false };
        part += 1;
        gathering = new Gathering();
      }
      const taken = rest.subarray(0, bytesOf(part) - gathering.length);
      gathering.add(taken);
      rest = rest.subarray(taken.byteLength);
    }
  }
  yield { whole: gathering.whole(), last: true };
}
