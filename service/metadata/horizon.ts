/** What one look at the database showed. */
export interface Sighting {
  /** The last id that was taken from the sequence; 0 when none was. */
  readonly last: number;
  /** An xid that was given away after `last` was read; undefined when none was asked for. */
  readonly mark: bigint | undefined;
  /** Every transaction with a lower xid had ended when the look began. */
  readonly xmin: bigint;
}

/** What a process knows of how far the log is final. */
export interface Horizon {
  /** Whoever took an id up to here has ended: its change can be seen by now, or will never be. */
  readonly settled: number;
  readonly last: number;
  readonly xmin: bigint;
  /** Ids up to `last` are settled once all xids below `mark` have ended. `sinceMs` is when it was set. */
  readonly waiting: { readonly last: number; readonly mark: bigint; readonly sinceMs: number } | undefined;
}

export const NOTHING_SEEN: Horizon = { settled: 0, last: 0, xmin: 0n, waiting: undefined };

/**
 * Pure. Whoever took an id had its xid before, since it had locked a row; and `last` is read before `mark` is given away. So
 * all who took an id up to `last` have xids below `mark`. `pg_snapshot_xmax` would not do for a mark: it is one more than
 * the last xid that has ended, and transactions with higher ones may be at work.
 */
export function advance(known: Horizon, seen: Sighting, nowMs: number): Horizon {
  // Another server, or an older state of this one: what was learnt of xids and ids means nothing there.
  const isOther = seen.last < known.last || seen.xmin < known.xmin;
  const { settled, waiting, last } = isOther ? NOTHING_SEEN : known;
  const isOver = waiting !== undefined && seen.xmin >= waiting.mark;
  const now = { settled: isOver ? waiting.last : settled, last: Math.max(last, seen.last), xmin: seen.xmin };
  if (waiting && !isOver) return { ...now, waiting };
  const isNew = seen.mark !== undefined && seen.last > now.settled;
  return { ...now, waiting: isNew ? { last: seen.last, mark: seen.mark, sinceMs: nowMs } : undefined };
}
