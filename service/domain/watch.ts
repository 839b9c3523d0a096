import type { Change, ChangeId, ChangeScope } from "./change.ts";

/** Behind a change, or with what comes from now on, or with the oldest change that is kept. */
export type WatchFrom = ChangeId | "now" | "oldest";

/**
 * Why a stream ends. `slow`: its reader did not keep up. `stopping`: the service is about to stop. `gone`: what would come
 * next is not kept any more. Whoever was `slow` or met `stopping` resumes from its cursor and misses nothing.
 */
export type WatchEnd = "slow" | "stopping" | "gone";

/** What a watcher gets next. `upto` is the cursor to resume from. */
export type WatchStep =
  | { readonly kind: "changes"; readonly changes: readonly Change[]; readonly upto: ChangeId }
  /** Nothing for as long as was asked; the cursor may have moved past what is out of scope. */
  | { readonly kind: "quiet"; readonly upto: ChangeId }
  | { readonly kind: "end"; readonly why: WatchEnd; readonly upto: ChangeId };

/** One reader of the log, at its own cursor. */
export interface Watcher {
  /** Its cursor: everything up to here was given to it. */
  readonly upto: () => ChangeId;
  /**
   * The next changes in its scope, in the order of the log, or `quiet` when none came within `ms`. Not to be called again
   * before it has answered. Fails with `unavailable` when the database does not answer and the reader has not caught up.
   */
  next(ms: number): Promise<WatchStep>;
  /** Frees all that it holds. A `next` that waits answers at once. */
  close(): void;
}

/** The log of changes as streams. */
export interface Watches {
  /** Fails with `changes_gone` when the log does not go back so far, and with `unavailable`. */
  open(scope: ChangeScope, from: WatchFrom): Promise<Watcher>;
  /** How many watchers are open. */
  count(): number;
  /** Ends all of them, and refuses new ones with `unavailable`. */
  close(): void;
}
