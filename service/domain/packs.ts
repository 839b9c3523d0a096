import type { Place } from "./entry.ts";
import { newPackName } from "./object.ts";
import { PACKED_VALUE_BYTES_MAX, SEPARATOR } from "./shared-objects.ts";
import type { StoredValue } from "./stores.ts";
import type { Type } from "./type.ts";
import { readValue } from "./value.ts";
import { bounded } from "./value-bound.ts";
import { eachOf } from "./work.ts";
import { type Body, type Stores, storeSettled } from "./writes.ts";

/** Bytes of one object that several values share. */
const PACK_BYTES_MAX = 4 * 1_024 * 1_024;
/** Objects of one batch that are written at once. */
const UPLOADS_AT_ONCE = 16;

export interface Unstored {
  readonly at: Place;
  readonly body: Body;
  /** A secret shares its object with nobody, so that a purge destroys its bytes at once. */
  readonly secret: boolean;
}

/** A value that lies in the object store, or why it does not. */
export type Stored = { readonly value: StoredValue } | { readonly error: unknown };

interface Small {
  readonly index: number;
  readonly at: Place;
  readonly type: Type;
  readonly bytes: Uint8Array;
}

/**
 * Puts the values of one namespace's batch into objects, small ones together, and answers what became of each in their
 * order. What fails for one value harms no other; what fails for an object harms all that share it.
 */
export async function storeValues(
  stores: Stores,
  values: readonly Unstored[],
  signal: AbortSignal,
): Promise<readonly Stored[]> {
  const stored = new Array<Stored>(values.length);
  const small: Small[] = [];
  const uploads: (() => Promise<void>)[] = [];
  for (const [index, { at, body, secret }] of values.entries()) {
    try {
      const value = await readValue(bounded(body.bytes, stores.valueBytesMax), body.reading);
      if (value.bytes instanceof Uint8Array) bounded(value.bytes, stores.valueBytesMax);
      if (!secret && value.bytes instanceof Uint8Array && value.bytes.length <= PACKED_VALUE_BYTES_MAX)
        small.push({ index, at, type: value.type, bytes: value.bytes });
      else
        uploads.push(async () => {
          stored[index] = await outcomeOf(storeSettled(stores, at, value, body.size, signal));
        });
    } catch (error) {
      stored[index] = { error };
    }
  }
  for (const pack of packsOf(small)) uploads.push(() => storePack(stores, pack, stored, signal));
  await eachOf(uploads, UPLOADS_AT_ONCE, (upload) => upload());
  return stored;
}

const outcomeOf = (value: Promise<StoredValue>): Promise<Stored> =>
  value.then(
    (it) => ({ value: it }),
    (error: unknown) => ({ error }),
  );

function packsOf(values: readonly Small[]): readonly (readonly Small[])[] {
  const packs: Small[][] = [];
  let bytes = PACK_BYTES_MAX;
  for (const value of values) {
    const length = value.bytes.length + SEPARATOR.length;
    if (bytes + length > PACK_BYTES_MAX) {
      packs.push([]);
      bytes = 0;
    }
    packs.at(-1)?.push(value);
    bytes += length;
  }
  return packs;
}

async function storePack(stores: Stores, pack: readonly Small[], stored: Stored[], signal: AbortSignal): Promise<void> {
  const [alone] = pack;
  if (alone && pack.length === 1) {
    const { index, at, type, bytes } = alone;
    // A value of its own has its key in the object's name.
    stored[index] = await outcomeOf(storeSettled(stores, at, { type, bytes, asSent: false }, undefined, signal));
    return;
  }
  const [{ at: scope }] = pack as readonly [Small];
  const object = newPackName(scope);
  const whole = Buffer.concat(pack.flatMap(({ bytes }) => [bytes, SEPARATOR]));
  try {
    await stores.objects.put(object, whole, whole.length, signal, "row");
  } catch (error) {
    for (const { index } of pack) stored[index] = { error };
    return;
  }
  let offset = 0;
  for (const { index, at, type, bytes } of pack) {
    const slice = { object, offset, length: bytes.length };
    stored[index] = { value: { type, slice, size: bytes.length, digest: stores.digester.of(at, bytes) } };
    offset += bytes.length + SEPARATOR.length;
  }
}
