import type { Row } from "./database.ts";

/** Statements between two looks at the log's length. */
const STATEMENTS_MIN = 500;
/** Bytes of log after which its pages are written out. What a crash leaves is read again at the next start. */
const LOG_BYTES_MAX = 32 * 1_024 * 1_024;
/** A table is analyzed again when it has so many times the rows that it had, or so many times fewer. */
const GROWTH = 2;

const LOG_LENGTH = `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), checkpoint_lsn)::bigint FROM pg_control_checkpoint()`;

/** As VACUUM has just counted them; -1 where it found none. */
const TABLES = `SELECT quote_ident(relname), greatest(reltuples, 1) FROM pg_class
  WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname`;

/** What of a session it takes. */
export interface Kept {
  query(text: string, parameters: readonly string[]): Promise<readonly Row[]>;
  script(text: string): Promise<unknown>;
  isIdle(): boolean;
}

/**
 * What a server's background processes do, and PGlite has none: without it the log grows without end, and dead rows
 * are never removed (measured: after 256 MiB of log still no checkpoint). Call it after each statement.
 */
export function createUpkeep(session: Kept): () => Promise<void> {
  let statements = 0;
  const analyzed = new Map<string, number>();

  /**
   * To look for dead rows is cheap, and what plans need to know of a table changes with its size (measured: all tables
   * analyzed each time took 0.3 s of 1.8, and the plans that are kept were made anew).
   */
  async function analyzeWhatGrew(): Promise<void> {
    for (const [table, rows] of await session.query(TABLES, [])) {
      const [now, then] = [Number(rows), analyzed.get(`${table}`)];
      if (then !== undefined && now < then * GROWTH && now > then / GROWTH) continue;
      analyzed.set(`${table}`, now);
      await session.script(`ANALYZE ${table}`);
    }
  }

  return async () => {
    // No transaction can hold VACUUM, and one that failed not even the look.
    if (++statements < STATEMENTS_MIN || !session.isIdle()) return;
    statements = 0;
    const [row] = await session.query(LOG_LENGTH, []);
    if (Number(row?.[0]) < LOG_BYTES_MAX) return;
    await session.script("VACUUM");
    await analyzeWhatGrew();
    await session.script("CHECKPOINT");
  };
}
