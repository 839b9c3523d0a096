import type { Change, ChangeId, ChangeScope } from "./change.ts";
import type { Tenant } from "./namespace.ts";

export interface ChangesQuery {
  readonly scope: ChangeScope;
  /** Only changes behind this one: the reader's cursor. */
  readonly after: ChangeId;
  /** What `settled` answered: changes behind it may still get others before them. */
  readonly through: ChangeId;
  readonly limit: number;
}

export interface ChangesPage {
  /** In the order of the log. */
  readonly changes: readonly Change[];
  /** The reader's next cursor: everything up to here was looked at, also what is outside of the scope. */
  readonly upto: ChangeId;
  /** Whether there is more to look at right now. The page may be empty all the same. */
  readonly more: boolean;
}

/** How far those who read lag behind those who write. */
export interface ChangesLag {
  /** Places in the log that were given away and cannot be read yet. */
  readonly ids: number;
  /** For how long a transaction has kept the oldest of them from being read, as far as this process has seen. */
  readonly seconds: number;
}

/**
 * The ordered log of all changes. A reader that goes on from cursor to cursor misses nothing, gets nothing twice, and never
 * gets a key's revision 3 before 2. Every call fails with `unavailable` when the database does not answer.
 */
export interface ChangeLog {
  /**
   * The place up to which the log is final: no change will ever appear at or before it. Whatever was answered before the
   * call is in front of it, unless a writer that is still at work holds it back; then a later call tells more.
   */
  settled(): Promise<ChangeId>;
  /**
   * One page behind a cursor. Fails with `changes_gone` when changes behind `after` have been trimmed, or when `after` is
   * a place that this log never gave away.
   */
  changes(query: ChangesQuery): Promise<ChangesPage>;
  /** The cursor of a reader that begins now: every change up to it can be seen in a list that is read afterwards. */
  end(tenant: Tenant): Promise<ChangeId>;
  /** The cursor of a reader that begins with the oldest change that is kept. */
  start(tenant: Tenant): Promise<ChangeId>;
  lag(): Promise<ChangesLag>;
  /**
   * Calls `wake` when something may have been logged, by this process or by another. It may also stay silent, so look from
   * time to time without it. Answers how to hear no more.
   */
  hear(wake: () => void): () => void;
}
