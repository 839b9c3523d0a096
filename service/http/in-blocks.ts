import { MessageChannel } from "node:worker_threads";

/** What a long body is checked, digested and sent on in: each of these steps costs as much for the 64 KiB that arrive at a time. */
const BLOCK_BYTES = 512 * 1_024;
/** A body that comes more slowly is passed on as it comes: an object store hangs up on who is silent for long. */
const GATHERED_MS_MAX = 500;

/**
 * The bytes that `chunks` bring, of about `size` in all, in one block of memory that is filled by turns: it is good until
 * the next one is asked for. The memory of the chunks, which nobody else may know, is free at once. Node gives new memory to
 * all that arrives, and V8 learns of it by 64 MiB: the collections of a whole upload cost more than to receive it, and as much
 * as all the rest when requests before had made the young generation large (docs/decisions/0031).
 */
export async function* inBlocks(
  chunks: AsyncIterable<Buffer>,
  size = BLOCK_BYTES,
): AsyncGenerator<Uint8Array, void, void> {
  const block = Buffer.allocUnsafeSlow(Math.min(size, BLOCK_BYTES));
  let [filled, since] = [0, performance.now()];
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; ) {
      const copied = chunk.copy(block, filled, at);
      at += copied;
      filled += copied;
      if (filled < block.length && performance.now() - since < GATHERED_MS_MAX) continue;
      yield block.subarray(0, filled);
      // From here, and not from the next chunk on: else each that comes alone would wait for the one behind it.
      [filled, since] = [0, performance.now()];
    }
    free(chunk);
  }
  if (filled > 0) yield block.subarray(0, filled);
}

const { port1: nowhere } = new MessageChannel();
nowhere.close();

/** What is transferred to a closed port is lost, and its memory with it (HTML, 9.4.4 "message port post message steps"). */
function free({ buffer, byteLength }: Buffer): void {
  if (buffer.byteLength === byteLength) nowhere.postMessage(undefined, [buffer as ArrayBuffer]);
}
