import { createHash } from "node:crypto";
import type { InventoriedObjects } from "../domain/inventory.ts";
import type { ObjectName } from "../domain/object.ts";
import { BackupDamaged } from "./line-file.ts";

/** Larger objects flow. */
const WHOLE_BYTES_MAX = 65_536;

interface Sized {
  readonly name: string;
  readonly bytes: number;
}

/**
 * Copies an object whole or not at all and answers its SHA-256; with `expected`, bytes that have another are never put.
 * Undefined when there is no such object.
 */
export async function copyObject(
  from: InventoriedObjects,
  to: InventoriedObjects,
  { name, bytes }: Sized,
  expected: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  const slice = { object: name as ObjectName, offset: 0, length: bytes };
  const hash = createHash("sha256");
  let sum = "";
  const settle = () => {
    sum = hash.digest("hex");
    if (expected !== undefined && sum !== expected) throw damaged(name);
  };
  if (bytes <= WHOLE_BYTES_MAX) {
    const whole = await from.read(slice, signal);
    if (!whole) return undefined;
    hash.update(whole);
    settle();
    await to.put(slice.object, whole, bytes, signal);
    return sum;
  }
  const stream = await from.stream(slice, signal);
  if (!stream) return undefined;
  await to.put(slice.object, hashed(stream, hash, settle), bytes, signal);
  return sum;
}

/** The SHA-256 of an object that lies there already. Undefined when there is none. */
export async function hashObject(
  objects: InventoriedObjects,
  { name, bytes }: Sized,
  signal: AbortSignal,
): Promise<string | undefined> {
  const stream = await objects.stream({ object: name as ObjectName, offset: 0, length: bytes }, signal);
  if (!stream) return undefined;
  const hash = createHash("sha256");
  for await (const chunk of stream) hash.update(chunk);
  return hash.digest("hex");
}

async function* hashed(
  chunks: AsyncIterable<Uint8Array>,
  hash: ReturnType<typeof createHash>,
  settle: () => void,
): AsyncGenerator<Uint8Array, void, void> {
  for await (const chunk of chunks) {
    hash.update(chunk);
    yield chunk;
  }
  settle();
}

export const damaged = (name: string): BackupDamaged =>
  new BackupDamaged(`The object ${name} of the backup does not fit its checksum: it is damaged.`);
