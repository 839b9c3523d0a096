import type { Door, Entry, Etag, Instant, Place, Slice } from "./entry.ts";
import type { ObjectName } from "./object.ts";
import type { PlaceAfter } from "./upkeep-store.ts";

/** All that the database says of one object. */
export interface ObjectFacts {
  readonly name: ObjectName;
  /** Undefined: it has no row. */
  readonly row: { readonly liveBytes: number; readonly isDead: boolean } | undefined;
  /** What revisions name of it; undefined: none does. */
  readonly named: NamedBytes | undefined;
}

export interface NamedBytes {
  /** Each slice counted once for every revision that names it. */
  readonly bytes: number;
  /** Where the last of the slices ends. */
  readonly bytesMin: number;
  /** Whether all of these revisions are of the namespace that is in the object's name. */
  readonly isAtHome: boolean;
}

/** A revision, and where its bytes are. */
export interface NamingRevision {
  readonly at: Place;
  readonly revision: number;
  readonly etag: Etag;
  readonly slice: Slice;
  /** Whether it is what readers of the key get now. */
  readonly isCurrent: boolean;
  readonly by: string;
  readonly door: Door;
  readonly updatedAt: Instant;
}

/** A row that does not fit another one. */
export interface Misfit {
  readonly at: Place;
  readonly revision: number;
  readonly by: string;
  readonly updatedAt: Instant;
  readonly what:
    | "no revision"
    | "differs from its revision"
    | "no entry"
    | "newer than its entry"
    | "not the last change";
}

export interface RevisionAfter extends PlaceAfter {
  readonly revision: number;
}

/** A revision as the page of a walk over all of them shows it. */
export interface WalkedRevision {
  readonly at: Place;
  readonly revision: number;
  readonly by: string;
  readonly updatedAt: Instant;
  readonly misfit: Misfit | undefined;
  /** Undefined where the revision ended the key. */
  readonly slice: Slice | undefined;
  readonly digest: Entry["digest"];
}

export interface ChangeLogFacts {
  /** Changes that were compared with their entries: the newest of each tenant. */
  readonly compared: number;
  readonly misfits: readonly Misfit[];
  /** Numbers that the log has and its sequence has yet to give out: the next writes would fail. */
  readonly isAhead: boolean;
}

/**
 * What a check of the whole store needs to know, and the repairs that no other door offers. Each answer is one state of
 * the database. Every call fails with `unavailable` when the database does not answer.
 */
export interface Inspection {
  /** The database's clock, in milliseconds since 1970. */
  now(): Promise<number>;
  /** Of all objects that rows or revisions know, in the order of the names' bytes, in pages: one state while `work` runs. */
  objects<T>(work: (facts: AsyncIterable<readonly ObjectFacts[]>) => Promise<T>): Promise<T>;
  /** The same of some objects, as it is now. */
  facts(names: readonly ObjectName[]): Promise<readonly ObjectFacts[]>;
  /** The revisions that name these objects now. */
  naming(names: readonly ObjectName[]): Promise<readonly NamingRevision[]>;
  /** Entries after `after` that do not fit their newest revision. */
  entries(after: PlaceAfter | undefined, limit: number): Promise<EntriesPage>;
  revisions(after: RevisionAfter | undefined, limit: number): Promise<readonly WalkedRevision[]>;
  changes(limit: number): Promise<ChangeLogFacts>;
  /** Leases that last longer than any piece of work does. */
  longLeases(msMax: number): Promise<readonly { readonly name: string; readonly until: Instant }[]>;

  /** Counts the live bytes of these objects anew, and makes rows for those that have none and are named. */
  recount(names: readonly ObjectName[]): Promise<void>;
  /** Removes revisions that are not current, and what they add to the live bytes. Answers how many. */
  dropRevisions(revisions: readonly NamingRevision[]): Promise<number>;
  endLease(name: string): Promise<void>;
  /** Lets the change log's sequence go on above the log. */
  advanceChanges(): Promise<void>;
}

export interface EntriesPage {
  readonly seen: number;
  readonly misfits: readonly Misfit[];
  /** Where the next page starts, or undefined after the last. */
  readonly next: PlaceAfter | undefined;
}
