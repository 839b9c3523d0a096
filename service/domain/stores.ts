import type { ChangeLog } from "./change-store.ts";
import type { Digest, Door, DurationText, Entry, Etag, Instant, Labels, LastChange, Place, Slice } from "./entry.ts";
import type { Action, Held, History } from "./history-store.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import type { ObjectName } from "./object.ts";
import type { Purge } from "./purge-store.ts";
import type { Type } from "./type.ts";
import type { Upkeep } from "./upkeep-store.ts";
import type { Within } from "./within.ts";

/** What must be true of a key at the instant of a write. Decided inside the statement, under the entry's lock. */
export type Precondition =
  | { readonly kind: "always" }
  /** `If-None-Match: *`, `overwrite=false`: no live entry. An expired one counts as none. */
  | { readonly kind: "absent" }
  /** `If-Match: *`: any live entry. */
  | { readonly kind: "present" }
  /** `If-Match: "…"`: the live entry has exactly this ETag. */
  | { readonly kind: "etag"; readonly etag: Etag };

/** When the written entry ends. */
export type Lifetime =
  /** The namespace's default TTL, else none: a PUT that names nothing. */
  | { readonly kind: "default" }
  /** As it was; a TTL starts again when the write brings a value. */
  | { readonly kind: "keep" }
  | { readonly kind: "none" }
  | { readonly kind: "for"; readonly ttl: DurationText }
  /** Any RFC 3339 instant; one that is past is refused (`past`). `ttl` is what an imported entry had once started with. */
  | { readonly kind: "until"; readonly at: string; readonly ttl?: DurationText };

/** Bytes that lie in the object store already, and what they are. */
export interface StoredValue {
  readonly type: Type;
  readonly slice: Slice;
  readonly size: number;
  readonly digest: Digest;
}

export interface Write {
  readonly at: Place;
  /** `put` and `patch` differ where no live entry is: a put creates, a patch is refused. `expire` is a delete that the clock asked for. */
  readonly action: Action;
  readonly only: Precondition;
  /** The new revision's ETag, made by the caller, so that a repeated statement recognises its own work. */
  readonly etag: Etag;
  /** Always with `put`, perhaps with `patch`, else undefined. */
  readonly value: StoredValue | undefined;
  readonly lifetime: Lifetime;
  /** undefined keeps what a live entry has; null clears. What was deleted or has expired is never kept. */
  readonly description: string | null | undefined;
  readonly labels: Labels | undefined;
  readonly secret: boolean | undefined;
  readonly by: string;
  readonly door: Door;
  readonly idempotencyKey: string | undefined;
  /** The revision whose bytes `value` names, where they are no fresh ones: it must still be kept. */
  readonly restores?: Held;
}

/** What the statement answered. Everything but `written` and `repeated` changed nothing. */
export type Verdict =
  | { readonly kind: "written"; readonly entry: Entry; readonly created: boolean }
  /** This ETag or this idempotency key was written before: `entry` is what the first answer said. */
  | { readonly kind: "repeated"; readonly entry: Entry; readonly created: boolean }
  /** The idempotency key belongs to a write of another action or of other bytes. */
  | { readonly kind: "reused" }
  | { readonly kind: "exists"; readonly current: LastChange }
  | { readonly kind: "stale"; readonly current: LastChange | undefined }
  /** Nothing to patch, delete or expire: no live entry (for `expire`: no entry that has expired). */
  | { readonly kind: "absent" }
  /** `lifetime.at` lies before the database's clock. */
  | { readonly kind: "past" }
  /** The upload began more than UPLOAD_HOURS_MAX ago, or its object is dead already; the sweep may take it any time. */
  | { readonly kind: "late" }
  /** The revision to restore is not kept any more. */
  | { readonly kind: "pruned" };

export interface Commit {
  readonly verdict: Verdict;
  /** False when a first try's answer was lost: an object that the verdict refuses must then be left to the sweep. */
  readonly certain: boolean;
}

/** What became of writes that were to happen all or not at all. */
export interface CommitAll {
  /** True when none was refused: then all are made, now or by an earlier try. */
  readonly happened: boolean;
  /** One for each write, in their order. Undefined for a write that only the refusal of another kept from being made. */
  readonly verdicts: readonly (Verdict | undefined)[];
  /** As in `Commit`, for all of them. */
  readonly certain: boolean;
}

/** What is known of a key. `gone` is a tombstone: deleted or expired, its history not yet forgotten. */
export type Found =
  | { readonly state: "live" | "expired"; readonly entry: Entry }
  | { readonly state: "gone"; readonly how: "delete" | "expire"; readonly entry: Entry };

/** Which entries a list shows and a count counts: all that is named must hold. */
export interface Wanted<In = NamespaceName> {
  readonly tenant: Tenant;
  readonly namespace: In;
  readonly prefix: string | undefined;
  /** Text that key or description contains, whatever its case. */
  readonly contains: string | undefined;
  /** Any of these types; empty means all. */
  readonly types: readonly Type[];
  /** All of these labels. */
  readonly labels: Labels;
  /** Entries that end before this instant; those that never end are none of them. */
  readonly expiresBefore?: Instant | undefined;
  /** Bounds of the latest change, each by the comparison that must hold. */
  readonly updated?: Readonly<Partial<Record<Comparison, Instant>>>;
  /** Whether entries that have expired and are not yet removed are shown. */
  readonly expired: boolean;
}

export type Anywhere = NamespaceName | Within;

export type Comparison = "after" | "from" | "until" | "before";

export interface ListQuery<In = NamespaceName> extends Wanted<In> {
  readonly sort: Sort;
  /** The last entry of the page before. */
  readonly after: Cursor | undefined;
  /** Entries to pass over, for callers who count pages. Others who write meanwhile shift them, and not what comes after `after`. */
  readonly offset?: number;
  readonly limit: number;
}

/** Ties go by key, then by namespace; by namespace, they go by key. */
export interface Sort {
  readonly by: "key" | "namespace" | "created" | "updated" | "expires" | "revision" | "description";
  readonly descending: boolean;
}

/** Where a page ended: the sorted column's value (null: entries without one come last), the key, and the namespace. */
export interface Cursor {
  readonly value: string | null;
  readonly key: string;
  /** A list of one namespace needs none. */
  readonly namespace?: string;
}

export interface Page {
  readonly entries: readonly (Entry & { readonly expired: boolean })[];
  /** Where the next page starts, or undefined when this was the last. */
  readonly next: Cursor | undefined;
}

/** The metadata of all keys. Every call fails with `unavailable` when the database does not answer. */
export interface Metadata extends Purge {
  /** Linearizable: sees every write that was answered before the call. Undefined when the key was never there. */
  find(at: Place): Promise<Found | undefined>;

  /**
   * Makes one write happen, or says why not, in one statement. The namespace is made on the first write.
   * Fails with `OutcomeUnknown` when the connection was lost and the retry as well: the write may have happened.
   */
  commit(write: Write): Promise<Commit>;

  /**
   * Makes all of the writes happen or none, in one transaction. Each key stands there once. To delete what is not there
   * is no refusal (`absent`). Fails as `commit` does.
   */
  commitAll(writes: readonly Write[]): Promise<CommitAll>;

  /** Of one namespace, or of several at once. */
  list(query: ListQuery<Anywhere>): Promise<Page>;
  /** How many entries a list has on all its pages together, at this moment. */
  count(wanted: Wanted<Anywhere>): Promise<number>;

  readonly history: History;
  readonly upkeep: Upkeep;
  readonly changes: ChangeLog;

  /** Resolves when the database answers. */
  ready(): Promise<void>;
  /** Waits for what is under way. */
  close(): Promise<void>;
}

/** The bytes of all values. Every call fails with `unavailable` when the store does not answer. */
export interface Objects {
  /**
   * Streams `bytes` into a new object, durable when it resolves, and answers how many they were.
   * Leaves nothing behind when `bytes` or `signal` fails: the failure of `bytes` is passed on as it is.
   * A chunk that flows may be overwritten once the next one is asked for.
   * `size` is a promise of the number of bytes, where it is known; another number fails.
   * `proof`, by its name if it is not given, is by what others will know that the object is whole.
   */
  put(name: ObjectName, bytes: Bytes, size: number | undefined, signal: AbortSignal, proof?: Proof): Promise<number>;
  /** The bytes of a slice that happen to be in memory already; they may be read and not written. */
  kept?(slice: Slice): Uint8Array | undefined;
  /** Remembers the bytes of a slice that was just put as a part of its object. */
  keep?(slice: Slice, bytes: Uint8Array): void;
  /** The bytes of a slice in memory, or undefined when there is no such object. For small ones. */
  read(slice: Slice, signal: AbortSignal): Promise<Uint8Array | undefined>;
  /** The bytes of a slice as they arrive, or undefined when there is no such object. Whoever stops early closes the source. */
  stream(slice: Slice, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** As `stream`, and each chunk may be overwritten once the next one is asked for. */
  lend(slice: Slice, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined>;
  /** No failure when the object is gone already. */
  delete(name: ObjectName): Promise<void>;
  /** The names that begin with `prefix`, in order, after `after`. */
  list(prefix: string, after?: string): AsyncIterable<string>;
  /** Where an operator finds an object, such as `s3://bucket/name`. */
  uriOf(name: ObjectName): string;
  /** Resolves when the store answers. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

/**
 * `name`: whoever finds the name finds all bytes, whenever the power went. `row`: only what a row names counts, and that row
 * is written after `put` has resolved; of an unfinished put a power cut may leave a part, for the sweep.
 */
export type Proof = "name" | "row";

/** A whole value in memory, or one that flows. */
export type Bytes = Uint8Array | AsyncIterable<Uint8Array>;

/** The statement was sent and its answer lost, twice. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super("The connection to the database was lost while a write was under way.", { cause });
    this.name = "OutcomeUnknown";
  }
}
