import type { Digester } from "./digest.ts";
import type { Door, Entry, Labels, Place } from "./entry.ts";
import { Failure } from "./fault.ts";
import { newObjectName } from "./object.ts";
import { type Placed, placedAlone } from "./placed.ts";
import { PACKED_VALUE_BYTES_MAX, type SharedObjects } from "./shared-objects.ts";
import {
  type Bytes,
  type Lifetime,
  type Metadata,
  type Objects,
  OutcomeUnknown,
  type Precondition,
  type StoredValue,
  type Verdict,
  type Write,
} from "./stores.ts";
import type { Type } from "./type.ts";
import { newUuid } from "./uuid.ts";
import { type Reading, readValue, type Value } from "./value.ts";
import { bounded, refuseAbove } from "./value-bound.ts";

export interface Stores {
  readonly metadata: Metadata;
  readonly objects: Objects;
  readonly digester: Digester;
  /** Absent, each value has an object of its own. */
  readonly shared?: SharedObjects;
  /** Bytes that a value may have, as it is sent and as it is kept; undefined: any number. */
  readonly valueBytesMax?: number | undefined;
}

/** Who writes, and whether this repeats an earlier try. */
export interface Author {
  readonly by: string;
  readonly door: Door;
  readonly idempotencyKey: string | undefined;
}

/** What a write says besides the value; `undefined` says nothing. */
export interface Said {
  readonly lifetime: Lifetime;
  readonly description: string | null | undefined;
  readonly labels: Labels | undefined;
  readonly secret: boolean | undefined;
}

export interface Body {
  readonly bytes: Bytes;
  /** Their number, where the caller promised one. */
  readonly size: number | undefined;
  readonly reading: Reading;
}

/** What every write says: which key, under which condition, what besides the value, and who says it. */
export interface WriteRequest {
  readonly at: Place;
  readonly only: Precondition;
  readonly said: Said;
  readonly author: Author;
}

export interface Written {
  readonly entry: Entry;
  readonly created: boolean;
}

/** Makes `body` the key's value. Fails with `invalid_value`, `exists`, `stale` and what else a write can meet. */
export async function put(stores: Stores, request: WriteRequest, body: Body, signal: AbortSignal): Promise<Written> {
  const placed = await place(stores, request, body, signal);
  return commitPlaced(stores, writeOf(request, "put", placed.value), placed);
}

/** Changes what it names and keeps the rest. Fails with `not_found` when there is no live entry. */
export async function patch(
  stores: Stores,
  request: WriteRequest,
  body: Body | undefined,
  signal: AbortSignal,
): Promise<Written> {
  const placed = body && (await place(stores, request, body, signal));
  return commitPlaced(stores, writeOf(request, "patch", placed?.value), placed);
}

/** How often a write that builds on the present entry may lose to other writers before it gives up. */
const OVERTAKEN_MAX = 5;

/**
 * A patch whose value depends on the entry that is there, such as one that keeps its type. The entry is held by its
 * ETag; when another writer comes first, the patch is made anew on what that one wrote, unless `only` names an ETag.
 */
export async function patchOnto(
  stores: Stores,
  request: WriteRequest,
  bodyFor: (entry: Entry) => Promise<Body | undefined>,
  signal: AbortSignal,
): Promise<Written> {
  const { at, only } = request;
  for (let tries = 1; ; tries++) {
    const found = await stores.metadata.find(at);
    if (found?.state !== "live") throw missing(at);
    const held = only.kind === "etag" ? only : ({ kind: "etag", etag: found.entry.etag } as const);
    // Said, so that the value of a secret shares its object with nobody.
    const said = { ...request.said, secret: request.said.secret ?? found.entry.secret };
    try {
      return await patch(stores, { ...request, only: held, said }, await bodyFor(found.entry), signal);
    } catch (error) {
      const overtaken = error instanceof Failure && error.fault.kind === "stale" && only.kind !== "etag";
      if (!overtaken || tries === OVERTAKEN_MAX) throw error;
    }
  }
}

/** Gives the present value another type, if it fits. */
export const retype = (stores: Stores, request: WriteRequest, type: Type, signal: AbortSignal): Promise<Written> =>
  patchOnto(
    stores,
    request,
    async (entry) => {
      const bytes = await stores.objects.stream(entry.slice, signal);
      if (!bytes) throw objectMissing(entry);
      return { bytes, size: entry.size, reading: { type, unescapedQuotes: false } };
    },
    signal,
  );

/** True when a live key was deleted, now or by the first of repeated requests; false when there was none. */
export async function remove(stores: Stores, at: Place, only: Precondition, author: Author): Promise<boolean> {
  const request = { at, only, said: NOTHING_SAID, author };
  const write = writeOf(request, "delete", undefined);
  const { verdict } = await decided(stores, write);
  if (verdict.kind === "written" || verdict.kind === "repeated") return true;
  if (verdict.kind === "absent") return false;
  throw refusal(at, verdict);
}

export const NOTHING_SAID: Said = {
  lifetime: { kind: "keep" },
  description: undefined,
  labels: undefined,
  secret: undefined,
};

/** What a request asks for, with a fresh ETag. */
export const writeOf = (
  { at, only, said, author }: WriteRequest,
  action: Write["action"],
  value: StoredValue | undefined,
): Write => ({
  at,
  action,
  only,
  etag: newUuid(),
  value,
  lifetime: said.lifetime,
  description: said.description,
  labels: said.labels,
  secret: said.secret,
  by: author.by,
  door: author.door,
  idempotencyKey: author.idempotencyKey,
});

/** A small value may share its object with others; a secret does not, so that a purge destroys its bytes at once. */
async function place(stores: Stores, { at, said }: WriteRequest, body: Body, signal: AbortSignal): Promise<Placed> {
  const value = await readValue(bounded(body.bytes, stores.valueBytesMax), body.reading);
  const { type, bytes } = value;
  const isSmall = bytes instanceof Uint8Array && bytes.length <= PACKED_VALUE_BYTES_MAX;
  if (!isSmall || !stores.shared || said.secret)
    return placedAlone(stores.objects, await storeSettled(stores, at, value, body.size, signal));
  refuseAbove(stores.valueBytesMax, bytes.length); // escaped text is longer than what was sent
  signal.throwIfAborted();
  const placed = await stores.shared.place({ at, type, bytes });
  if (!signal.aborted) return placed;
  await placed.decided(false);
  throw signal.reason;
}

/** Puts a value into an object of its own. `announced` is how many bytes the body was said to have. */
export async function storeSettled(
  stores: Stores,
  at: Place,
  value: Value,
  announced: number | undefined,
  signal: AbortSignal,
): Promise<StoredValue> {
  const { type, asSent } = value;
  // Escaped text is longer than what was sent.
  const bytes = asSent ? value.bytes : bounded(value.bytes, stores.valueBytesMax);
  const object = newObjectName(at);
  const digest = stores.digester.start(at);
  const whole = bytes instanceof Uint8Array;
  if (whole) digest.update(bytes);
  const seen = whole ? bytes : observed(bytes, digest.update);
  const expected = whole ? bytes.length : asSent ? announced : undefined;
  const size = await stores.objects.put(object, seen, expected, signal, "row");
  return { type, slice: { object, offset: 0, length: size }, size, digest: digest.end() };
}

async function* observed(bytes: AsyncIterable<Uint8Array>, see: (chunk: Uint8Array) => void) {
  for await (const chunk of bytes) {
    see(chunk);
    yield chunk;
  }
}

/** Commits a write whose bytes are no fresh ones: whatever the verdict, they are not this write's to remove. */
export async function commitStored(stores: Stores, write: Write): Promise<Written> {
  const { verdict } = await decided(stores, write);
  if (verdict.kind === "written" || verdict.kind === "repeated") return verdict;
  throw refusal(write.at, verdict);
}

/** Commits a write whose bytes lie in an object of their own; where it is refused, they are removed. */
export const commitValue = (stores: Stores, write: Write): Promise<Written> =>
  commitPlaced(stores, write, write.value && placedAlone(stores.objects, write.value));

/** Commits a write, and sees to it that bytes which it does not name in the end are removed. */
async function commitPlaced(stores: Stores, write: Write, placed: Placed | undefined): Promise<Written> {
  // What nobody knows is left to the sweep.
  let named = true;
  let verdict: Verdict;
  try {
    const { certain, ...commit } = await decided(stores, write);
    verdict = commit.verdict;
    named = !certain || isNamed(write, verdict);
  } catch (error) {
    named = error instanceof Failure && error.cause instanceof OutcomeUnknown;
    throw error;
  } finally {
    await placed?.decided(named);
  }
  if (verdict.kind === "written" || verdict.kind === "repeated") return verdict;
  if (verdict.kind !== "late" || !placed?.alone) throw refusal(write.at, verdict);
  // Whoever shares the object was faster, and so was the end of all that it wrote: the object is dead already.
  const own = await placed.alone();
  return commitPlaced(stores, { ...write, value: own.value }, own);
}

const isNamed = ({ value }: Write, verdict: Verdict): boolean =>
  verdict.kind === "written" || (verdict.kind === "repeated" && verdict.entry.slice.object === value?.slice.object);

async function decided({ metadata }: Stores, write: Write) {
  try {
    return await metadata.commit(write);
  } catch (error) {
    throw error instanceof OutcomeUnknown ? unknownOutcome(error) : error;
  }
}

export const unknownOutcome = (cause: OutcomeUnknown) =>
  new Failure(
    { kind: "unavailable", reason: "The database went away during the write; it may have happened or not." },
    { cause },
  );

/** A verdict that changed nothing, as the caller is told of it. */
export function refusal(at: Place, verdict: Exclude<Verdict, { kind: "written" | "repeated" }>): Failure {
  switch (verdict.kind) {
    case "exists":
      return new Failure({ kind: "exists", at, current: verdict.current });
    case "stale":
      return new Failure({ kind: "stale", at, current: verdict.current });
    case "absent":
      return missing(at);
    case "reused":
      return new Failure({ kind: "idempotency_key_reused" });
    case "past":
      return new Failure({ kind: "invalid", field: "expiresAt", reason: "It must lie in the future." });
    case "late":
      return new Failure({ kind: "upload_too_slow" });
    case "pruned":
      return new Failure({ kind: "not_found", reason: "The revision to restore is not kept any more." });
  }
}

/** Kestra's clients look for exactly this text. */
export const missing = ({ namespace, key }: Place) =>
  new Failure({ kind: "not_found", reason: `No value found for key '${key}' in namespace '${namespace}'` });

/** An entry without its object: a defect, never an answer that one may rely on. */
export const objectMissing = ({ slice, namespace }: Entry) =>
  new Error(`The object ${slice.object} of an entry in namespace '${namespace}' is missing.`);
