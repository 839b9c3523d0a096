import type { Readable } from "node:stream";
import { ObjectDamaged, unavailable } from "./failures.ts";

interface Expected {
  /** How many bytes must come. */
  readonly length: number;
  /** Aborting it ends the reading with its reason. */
  readonly signal: AbortSignal;
  /** How long the source may leave a waiting reader without a byte. A reader that takes its time costs the source nothing. */
  readonly stallMsMax?: number;
}

/**
 * The chunks of an open stream. The stream is destroyed when they have all come, when the reader stops early (even before
 * its first chunk, which a generator would not notice), and when the signal aborts. Fails with `unavailable` when the
 * source breaks or stalls, and with `ObjectDamaged` when it ends before `length` bytes.
 */
export function chunksOf(readable: Readable, { length, signal, stallMsMax }: Expected): AsyncIterable<Uint8Array> {
  const chunks: AsyncIterator<Uint8Array> = readable[Symbol.asyncIterator]();
  let missing = length;
  const onAbort = () => readable.destroy();
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  const close = () => {
    signal.removeEventListener("abort", onAbort);
    readable.destroy();
  };
  // An error between two reads is kept by the stream for the next one; without a listener it would end the process.
  readable.on("error", () => undefined);

  async function next(): Promise<IteratorResult<Uint8Array, undefined>> {
    const step = await within(stallMsMax, readable, () => chunks.next()).catch((cause) => {
      close();
      throw signal.aborted ? signal.reason : unavailable(cause);
    });
    if (!step.done) {
      missing -= step.value.byteLength;
      return step;
    }
    close();
    if (signal.aborted) throw signal.reason;
    if (missing !== 0) throw new ObjectDamaged(`An object ended ${missing} bytes before its slice.`);
    return { done: true, value: undefined };
  }
  async function stop(): Promise<IteratorResult<Uint8Array, undefined>> {
    close();
    return { done: true, value: undefined };
  }
  return { [Symbol.asyncIterator]: () => ({ next, return: stop }) };
}

async function within<T>(ms: number | undefined, readable: Readable, read: () => Promise<T>): Promise<T> {
  if (ms === undefined) return read();
  const timer = setTimeout(() => readable.destroy(new Error(`No byte came for ${ms} ms.`)), ms);
  try {
    return await read();
  } finally {
    clearTimeout(timer);
  }
}

/**
 * All of a short stream in one array; whoever opened it ends it when it takes too long. Fails with `unavailable` when the
 * source breaks, with `ObjectDamaged` when it brings another number of bytes.
 */
export function wholeOf(readable: Readable, length: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const whole = new Uint8Array(length);
    let count = 0;
    readable.on("data", (chunk: Uint8Array) => {
      if (count + chunk.byteLength <= length) whole.set(chunk, count);
      count += chunk.byteLength;
    });
    readable.once("end", () => {
      if (count === length) resolve(whole);
      else reject(new ObjectDamaged(`A slice of ${length} bytes brought ${count}.`));
    });
    readable.on("error", (cause) => reject(unavailable(cause)));
    // After `end` this comes too late to matter.
    readable.once("close", () => reject(unavailable(new Error(`The answer broke off after ${count} bytes.`))));
  });
}
