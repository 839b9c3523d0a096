import type { Entry, Place, Slice } from "./entry.ts";
import { Failure } from "./fault.ts";
import { lineageOf } from "./namespace.ts";
import type { Bytes, Found, Objects } from "./stores.ts";
import { newUuid } from "./uuid.ts";
import { missing, NOTHING_SAID, objectMissing, type Stores } from "./writes.ts";

/** Bytes up to which a value is read into memory in one piece, and may be cached. */
const WHOLE_BYTES_MAX = 65_536;

/** Aborts when the caller goes away. Made only when there is something to wait for: that costs more than a small answer. */
export type Signal = AbortSignal | (() => AbortSignal);

export interface ValueOf {
  readonly entry: Entry;
  readonly bytes: Bytes;
}

/**
 * The live entry of a key. Fails with `not_found`, or with `expired` when its time is over: then the entry is deleted
 * and the next read finds nothing, unless `peek` asks to leave it and to know of it as long as its history lasts.
 */
export async function findEntry(stores: Stores, at: Place, peek: boolean): Promise<Entry> {
  const found = await stores.metadata.find(at);
  if (found?.state === "live") return found.entry;
  if (found?.state === "expired" && !peek && !(await expire(stores, at, found.entry))) {
    // A writer came between the look-up and the removal: what is there now is the answer.
    const again = await stores.metadata.find(at);
    if (again?.state === "live") return again.entry;
  }
  throw expiry(at, found, peek) ?? missing(at);
}

/**
 * The live entry of a key in the nearest namespace that has one: that of `at`, then its parents. What has expired counts
 * as missing as long as another has the key; where none has, the nearest that expired is told of as `findEntry` does.
 */
export async function findInherited(stores: Stores, at: Place, peek: boolean): Promise<Entry> {
  const places = lineageOf(at.namespace).map((namespace) => ({ ...at, namespace }));
  // Asked for at once, they share a statement.
  const found = await Promise.all(places.map((place) => stores.metadata.find(place)));
  const live = found.find((one) => one?.state === "live");
  if (live) return live.entry;
  const ended = places.find((place, index) => expiry(place, found[index], peek) !== undefined);
  return findEntry(stores, ended ?? at, peek);
}

/** How an entry is looked up: `findEntry` or `findInherited`. */
export type Find = typeof findEntry;

/** All of a value. */
export const whole = ({ slice }: Entry): Slice => slice;

/**
 * Entry and bytes of a live key, of one and the same revision. Fails as `find` does, and as `part` does, which chooses
 * what of the value's slice is read.
 */
export async function readEntry(
  stores: Stores,
  at: Place,
  peek: boolean,
  signal: Signal,
  open: typeof bytesOf = bytesOf,
  part: (entry: Entry) => Slice = whole,
  find: Find = findEntry,
): Promise<ValueOf> {
  const entry = await find(stores, at, peek);
  const bytes = await open(stores, part(entry), signal);
  if (bytes) return { entry, bytes };
  // The entry was replaced and its object removed after the look-up; the new one has its object.
  const newer = await find(stores, at, peek);
  const newerBytes = newer.etag === entry.etag ? undefined : await open(stores, part(newer), signal);
  if (!newerBytes) throw objectMissing(newer);
  return { entry: newer, bytes: newerBytes };
}

/** Whether a value is small enough to be read in one piece. */
export const isRead = ({ slice }: Entry): boolean => slice.length <= WHOLE_BYTES_MAX;

/** In memory when they are few, else as they arrive; undefined when there is no such object any more. */
export const bytesOf = ({ objects }: Stores, slice: Slice, signal: Signal): Promise<Bytes | undefined> =>
  opened(objects, slice, signal, (within) => objects.stream(slice, within));

/** The same for who has no use for a chunk any more when asking for the next one (`Objects.lend`). */
export const lentBytesOf: typeof bytesOf = ({ objects }, slice, signal) =>
  opened(objects, slice, signal, (within) => objects.lend(slice, within));

async function opened(
  objects: Objects,
  slice: Slice,
  signal: Signal,
  flow: (within: AbortSignal) => Promise<AsyncIterable<Uint8Array> | undefined>,
): Promise<Bytes | undefined> {
  const kept = objects.kept?.(slice);
  if (kept) return kept;
  const within = typeof signal === "function" ? signal() : signal;
  return slice.length <= WHOLE_BYTES_MAX ? objects.read(slice, within) : flow(within);
}

/** Deletes an entry whose time is over, if it is still the current one. */
export async function expire({ metadata }: Stores, at: Place, { etag }: Pick<Entry, "etag">): Promise<boolean> {
  const { verdict } = await metadata.commit({
    at,
    action: "expire",
    only: { kind: "etag", etag },
    etag: newUuid(),
    value: undefined,
    ...NOTHING_SAID,
    by: "expiry",
    door: "sweep",
    idempotencyKey: undefined,
  });
  return verdict.kind === "written" || verdict.kind === "repeated";
}

function expiry(at: Place, found: Found | undefined, peek: boolean): Failure | undefined {
  const visible = found?.state === "expired" || (peek && found?.state === "gone" && found.how === "expire");
  const expiredAt = found?.entry.expiresAt;
  return visible && expiredAt !== undefined ? new Failure({ kind: "expired", at, expiredAt }) : undefined;
}
