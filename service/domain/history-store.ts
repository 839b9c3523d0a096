import type { Entry, Etag, Place, Slice } from "./entry.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";

/** What was asked for when a revision was made. */
export type Action = "put" | "patch" | "delete" | "expire";

/** A key as it was at one revision. */
export interface Revision extends Omit<Entry, "slice"> {
  readonly action: Action;
  /** Undefined where the revision ended the key: a deletion has no bytes. */
  readonly slice: Slice | undefined;
}

/** A revision that a write restores. By its ETag too: after a purge the same number may be another revision. */
export interface Held {
  readonly revision: number;
  readonly etag: Etag;
}

export interface RevisionsQuery {
  readonly at: Place;
  /** Only revisions below this one: where the page before ended. */
  readonly before: number | undefined;
  readonly limit: number;
}

/** Which part of a namespace's whole history is read, in the order of keys and, in each, the oldest first. */
export interface ScanQuery {
  readonly tenant: Tenant;
  readonly namespace: NamespaceName;
  readonly prefix: string | undefined;
  /** Where the page before ended. */
  readonly after: { readonly key: string; readonly revision: number } | undefined;
  readonly limit: number;
}

/** A revision among those of other keys. `expired`: its time is over, whether it has been removed yet or not. */
export interface ScannedRevision extends Revision {
  readonly expired: boolean;
}

/** The history of keys, as long as it lasts. Every call fails with `unavailable` when the database does not answer. */
export interface History {
  /** The newest first; none when the key was never there or is forgotten. */
  revisions(query: RevisionsQuery): Promise<readonly Revision[]>;
  /** Undefined when there was no such revision or it is not kept any more. */
  revision(at: Place, revision: number): Promise<Revision | undefined>;
  /** The revision that a write with this idempotency key made. */
  answerTo(at: Place, idempotencyKey: string): Promise<Revision | undefined>;
  /** All kept revisions of a namespace, page by page, those of deleted keys among them. */
  scan(query: ScanQuery): Promise<readonly ScannedRevision[]>;
}
