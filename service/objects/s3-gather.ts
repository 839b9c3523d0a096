import { createHash, type Hash } from "node:crypto";
import type { Whole } from "./s3-exchange.ts";

/** Chunks are copied together: they may be lent, and a body of single bytes would else take a hundred times its size in memory. */
const BLOCK_BYTES = 64 * 1_024;

/** Collects chunks of one body in memory and hashes them as they come, so that no large body is hashed in one go. */
class Gathering {
  readonly #blocks: Uint8Array[] = [];
  readonly #hash: Hash = createHash("sha256");
  length = 0;

  add(chunk: Uint8Array): void {
    this.#hash.update(chunk);
    for (let at = 0; at < chunk.byteLength; ) {
      const filled = this.length % BLOCK_BYTES;
      if (filled === 0) this.#blocks.push(Buffer.allocUnsafe(BLOCK_BYTES));
      const taken = chunk.subarray(at, at + BLOCK_BYTES - filled);
      this.#blocks.at(-1)?.set(taken, filled);
      at += taken.byteLength;
      this.length += taken.byteLength;
    }
  }

  whole(): Whole {
    const chunks = this.#blocks.map((block, at) => block.subarray(0, this.length - at * BLOCK_BYTES));
    return { chunks, length: this.length, sha256: this.#hash.digest("hex") };
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
