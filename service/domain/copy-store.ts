import type { Instant } from "./entry.ts";
import type { ObjectName } from "./object.ts";

/** A table's values as the database prints them, in the order of its columns. */
export type CopiedRow = readonly (string | null)[];

export interface CopiedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

/** The last number that a table's sequence has given out. */
export interface SequenceState {
  readonly table: string;
  readonly column: string;
  readonly last: string;
}

/** An object that revisions name, and how long it must be at least. */
export interface NamedObject {
  readonly name: ObjectName;
  readonly bytesMin: number;
}

/** One state of the whole database, while it lasts. Only one of its streams at a time. */
export interface Snapshot {
  readonly takenAt: Instant;
  /** Those that others refer to come first. */
  readonly tables: readonly CopiedTable[];
  readonly sequences: readonly SequenceState[];
  /** In the order of the primary key, in pages. */
  rows(table: CopiedTable): AsyncIterable<readonly CopiedRow[]>;
  /** In the order of the names' bytes, in pages. */
  objects(): AsyncIterable<readonly NamedObject[]>;
}

/** By the ids of migrations, oldest first: those that the database has, and those that this program knows. */
export interface SchemaLevel {
  readonly applied: readonly string[];
  readonly known: readonly string[];
}

/** Adds rows to the tables of an empty database. All of them become visible together. */
export interface Loading {
  add(table: CopiedTable, rows: readonly CopiedRow[]): Promise<void>;
}

/** The rows of all tables, out of one database and into another. Fails with `unavailable` when the database does not answer. */
export interface Copying {
  level(): Promise<SchemaLevel>;
  /** Brings the schema up to date, or only as far as `through`. */
  migrate(through?: readonly string[]): Promise<void>;
  snapshot<T>(work: (snapshot: Snapshot) => Promise<T>): Promise<T>;
  /** The first table that has rows, or undefined while there are none. Leases do not count. */
  occupied(): Promise<string | undefined>;
  /**
   * Runs `work` in one transaction, and lets each sequence go on far above where it was, so that nobody takes a number
   * for one that the former database gave out after the copy. Fails with `Occupied` when there are rows already.
   */
  load(sequences: readonly SequenceState[], work: (loading: Loading) => Promise<void>): Promise<void>;
}

/** Somebody has written to what should be empty. */
export class Occupied extends Error {
  readonly table: string;

  constructor(table: string) {
    super(`The table ${table} has rows already.`);
    this.name = "Occupied";
    this.table = table;
  }
}
