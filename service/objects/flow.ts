import { Failure } from "../domain/fault.ts";
import type { Bytes } from "../domain/stores.ts";

/**
 * The chunks of a value, empty ones left out, in the source's own pace: the next is asked for when the last was taken.
 * Fails with the source's own failure, with the signal's reason at the moment it aborts (even when the source is stuck),
 * and with `upload_incomplete` when the chunks are not `size` bytes in all. A chunk that exceeds `size` is never yielded.
 */
export async function* flow(
  bytes: Bytes,
  size: number | undefined,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const chunks = bytes instanceof Uint8Array ? [bytes] : interruptible(bytes, signal);
  let count = 0;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    count += chunk.byteLength;
    if (size !== undefined && count > size) throw wrongSize(size, `at least ${count}`);
    if (chunk.byteLength > 0) yield chunk;
  }
  signal.throwIfAborted();
  if (size !== undefined && count !== size) throw wrongSize(size, `${count}`);
}

/** The failure of a body that is not as long as it was promised to be. */
export const wrongSize = (promised: number, came: string): Failure =>
  new Failure({ kind: "upload_incomplete" }, { cause: new Error(`${promised} bytes were promised, ${came} came.`) });

/** One listener for the whole flow: a race per chunk against a long-lived promise would keep every chunk's reaction for ever. */
async function* interruptible(
  source: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, void> {
  const iterator = source[Symbol.asyncIterator]();
  let interrupt: ((reason: unknown) => void) | undefined;
  const onAbort = () => interrupt?.(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  let ended = false;
  try {
    while (true) {
      signal.throwIfAborted();
      const step = await new Promise<IteratorResult<Uint8Array>>((resolve, reject) => {
        interrupt = reject;
        iterator.next().then(resolve, (failure) => {
          ended = true;
          reject(failure);
        });
      });
      ended = step.done === true;
      if (ended) return;
      yield step.value;
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
    if (!ended) leave(iterator);
  }
}

/** Not awaited: a source that is stuck would never answer, and what it says no longer matters. */
function leave(iterator: AsyncIterator<Uint8Array>): void {
  iterator.return?.().catch(() => undefined);
}
