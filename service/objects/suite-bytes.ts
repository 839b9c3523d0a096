import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type { Key } from "../domain/key.ts";
import type { NamespaceName, Tenant } from "../domain/namespace.ts";
import { newObjectName, type ObjectName } from "../domain/object.ts";
import type { Objects } from "../domain/stores.ts";

export const MIB = 1_024 * 1_024;

/** For calls that nobody aborts. */
export const never = new AbortController().signal;
// Many calls share it; without this Node.js takes that for a leak.
setMaxListeners(0, never);

/** A name as the service makes them. */
export const freshName = (key = "key"): ObjectName =>
  newObjectName({ tenant: "main" as Tenant, namespace: "company.team" as NamespaceName, key: key as Key });

/** Bytes that differ from place to place, so that a part in the wrong place shows. */
export function pattern(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (i * 31 + (i >>> 8) * 17 + (i >>> 16) * 7) & 0xff;
  return bytes;
}

export async function* inChunks(bytes: Uint8Array, length = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += length) yield bytes.subarray(at, at + length);
}

/** The same in memory that is lent: what a chunk was is gone when the next one is asked for. */
export async function* inLentChunks(bytes: Uint8Array, length = 65_536): AsyncGenerator<Uint8Array> {
  const block = new Uint8Array(length);
  for await (const chunk of inChunks(bytes, length)) {
    block.set(chunk);
    yield block.subarray(0, chunk.byteLength);
    block.fill(0);
  }
}

export async function* breaking(sent: number, error: Error): AsyncGenerator<Uint8Array> {
  yield* inChunks(pattern(sent));
  throw error;
}

export async function* thenStuck(sent: number, then: () => void): AsyncGenerator<Uint8Array> {
  yield* inChunks(pattern(sent));
  then();
  await new Promise(() => undefined);
}

export async function* endingWith(length: number, then: () => void): AsyncGenerator<Uint8Array> {
  yield* inChunks(pattern(length));
  then();
}

export function afterTurns(turns: number, then: () => void): void {
  if (turns === 0) then();
  else setImmediate(() => afterTurns(turns - 1, then));
}

export function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

export const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

export async function iterate(chunks: AsyncIterable<Uint8Array> | undefined): Promise<AsyncIterator<Uint8Array>> {
  if (!chunks) throw new Error("No such object.");
  return chunks[Symbol.asyncIterator]();
}

export async function concat(chunks: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const all: Uint8Array[] = [];
  if (!chunks) throw new Error("No such object.");
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

/** Of chunks that may be lent: each is looked at when its source has had time to read on. */
export async function digestOf(chunks: AsyncIterable<Uint8Array> | undefined): Promise<string> {
  if (!chunks) throw new Error("No such object.");
  const hash = createHash("sha256");
  for await (const chunk of chunks) {
    await pause(2);
    hash.update(chunk);
  }
  return hash.digest("hex");
}

export async function hashOf(objects: Objects, object: ObjectName, length: number): Promise<string> {
  return sha256(await concat(await objects.stream({ object, offset: 0, length }, never)));
}

export async function textOf(objects: Objects, object: ObjectName, length: number): Promise<string | undefined> {
  const bytes = await objects.read({ object, offset: 0, length }, never);
  return bytes && Buffer.from(bytes).toString();
}

export async function namesOf(objects: Objects, prefix: string, after?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const name of objects.list(prefix, after)) found.push(name);
  return found;
}
