import type { Bytes } from "../domain/stores.ts";
import { unavailable } from "./failures.ts";
import { flow, wrongSize } from "./flow.ts";
import { type S3Target, type Surroundings, sendFlowing, sendWhole, type Whole } from "./s3-exchange.ts";
import { inParts, wholeOf } from "./s3-gather.ts";
import { evenPartBytes, growingPartBytes } from "./s3-limits.ts";
import { putInParts } from "./s3-multipart.ts";
import { retrying } from "./s3-retry.ts";

/**
 * The way of a value into the bucket. `minio` has one too, but a caller who goes away in the middle of a multipart upload
 * ends the process there (minio-js pull request 1480), a short body passes unnoticed, and nothing limits its memory.
 *
 * | what is known                        | how it goes                          | retried     | in memory     |
 * | in memory, or small of known size    | one PUT, its hash signed             | yes         | all           |
 * | large of known size                  | one PUT, streamed, hash not signed   | no          | a chunk       |
 * | unknown size, ends inside one part   | one PUT, its hash signed             | yes         | all           |
 * | unknown size or above 5 GiB          | parts, their hashes signed           | each part   | two parts     |
 */
export async function upload(
  target: S3Target,
  surroundings: Surroundings,
  name: string,
  bytes: Bytes,
  size: number | undefined,
  signal: AbortSignal,
): Promise<number> {
  signal.throwIfAborted();
  const { wholeBytesMax, partBytesMin, putBytesMax } = target.connection.limits;
  if (bytes instanceof Uint8Array) {
    if (size !== undefined && bytes.byteLength !== size) throw wrongSize(size, `${bytes.byteLength}`);
    return putWhole(target, surroundings, name, wholeOf(bytes), signal);
  }
  if (size !== undefined && size > wholeBytesMax && size <= putBytesMax) {
    return putFlowing(target, surroundings, name, bytes, size, signal);
  }
  const partBytes = (part: number) =>
    size === undefined ? growingPartBytes(part, partBytesMin) : evenPartBytes(size, partBytesMin);
  const parts = inParts(flow(bytes, size, signal), partBytes);
  const first = await parts.next();
  if (first.done) throw new Error("No part came, not even an empty one.");
  if (first.value.last) return putWhole(target, surroundings, name, first.value.whole, signal);
  return putInParts(target, surroundings, name, startingWith(first.value, parts), signal);
}

async function putWhole(
  target: S3Target,
  { remove }: Surroundings,
  name: string,
  whole: Whole,
  signal: AbortSignal,
): Promise<number> {
  try {
    await retrying(target.connection.limits, signal, () => sendWhole(target, putOf(name), whole, signal));
  } catch (error) {
    if (!signal.aborted) throw unavailable(error);
  }
  return unlessAborted(whole.length, () => remove(name), signal);
}

async function putFlowing(
  target: S3Target,
  { remove }: Surroundings,
  name: string,
  bytes: AsyncIterable<Uint8Array>,
  size: number,
  signal: AbortSignal,
): Promise<number> {
  const chunks = (halt: AbortSignal) => flow(bytes, size, halt);
  try {
    await sendFlowing(target, putOf(name), { length: size, chunks }, signal);
  } catch (error) {
    // Aborted before the end (the reason itself comes back) it cannot be there; later it may.
    if (!signal.aborted || error === signal.reason) throw error;
  }
  return unlessAborted(size, () => remove(name), signal);
}

/** Who aborted is told that there is nothing, so there must be nothing, even if the server had stored it by then. */
async function unlessAborted(count: number, remove: () => Promise<void>, signal: AbortSignal): Promise<number> {
  if (!signal.aborted) return count;
  await remove();
  throw signal.reason;
}

const putOf = (name: string) => ({ method: "PUT", name, headers: { "content-type": "application/json" } }) as const;

async function* startingWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T, void, void> {
  yield first;
  yield* rest;
}
