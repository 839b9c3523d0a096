import type { Etag, Place } from "./entry.ts";
import type { ObjectName } from "./object.ts";

/** Who has this lease reads objects that may be dead by now: nobody may delete them. */
export const BACKUP_LEASE = "backup";

/** Who has this lease sweeps; a restore takes it so that nobody does. */
export const SWEEP_LEASE = "sweep";

/** What a statement of the upkeep has removed. */
export interface Removed {
  /** Rows that were looked at; fewer than asked for means that there are no more. */
  readonly seen: number;
  readonly keys: number;
  readonly revisions: number;
}

export interface Expired {
  readonly at: Place;
  readonly etag: Etag;
}

/**
 * What the sweep needs to know and to change. Each call is one statement over at most one page; entries that another
 * writer holds are left for the next time. Every call fails with `unavailable` when the database does not answer.
 */
export interface Upkeep {
  /**
   * Takes or renews the lease of a piece of work and answers the database's clock, in milliseconds since 1970, or
   * undefined while another holder has it. With `ms` 0 the lease is given back.
   */
  take(name: string, holder: string, ms: number): Promise<number | undefined>;
  /** Entries whose end lies longer ago than `ageMs` and that nobody has removed. */
  expired(ageMs: number, limit: number): Promise<readonly Expired[]>;
  /** Removes tombstones older than `ageMs`, with all their history. */
  forget(ageMs: number, limit: number): Promise<Removed>;
  /** Removes revisions beyond what the namespace keeps, of the keys after `after`; `next` is the last of them. */
  prune(after: PlaceAfter | undefined, limit: number): Promise<Removed & { readonly next: PlaceAfter | undefined }>;
  /** Cuts the change log where it is older than `ageMs`, and remembers where. How many changes went; fewer than asked for: all. */
  trim(ageMs: number, limit: number): Promise<number>;
  /** Whether somebody has this lease now. */
  isTaken(name: string): Promise<boolean>;
  /**
   * Objects that no revision has named for longer than `ageMs`. They never come to life again. None while a backup has
   * its lease: it took that before its snapshot, so whoever sees a deletion which the snapshot does not sees the lease.
   */
  dead(ageMs: number, limit: number): Promise<readonly ObjectName[]>;
  /** Removes the rows of dead objects. */
  bury(names: readonly ObjectName[]): Promise<void>;
  /** Those of the names that have no row. */
  unknown(names: readonly ObjectName[]): Promise<readonly ObjectName[]>;
}

/** Where a page ended: it is only compared, so it need not be a place that was parsed. */
export interface PlaceAfter {
  readonly tenant: string;
  readonly namespace: string;
  readonly key: string;
}
