import type { Row } from "./database.ts";

/** Statements between two looks at the log's length. A full one logs 400 KB. */
const STATEMENTS_MIN = 50;
const MIB = 1_024 * 1_024;
/** Bytes of log after which dead rows are removed: what is found in a table and an index that are small is found sooner. */
const VACUUM_BYTES = 16 * MIB;
/**
 * Bytes of log after which all pages are written out. What a crash leaves is read again at the next start, within a second
 * (measured). The log's files are used again afterwards; how many, START_PARAMETERS says.
 */
const CHECKPOINT_BYTES = 128 * MIB;
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
  /** How long the log was then. */
  let vacuumedAt = 0;
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
    const length = Number(row?.[0]);
    if (length - vacuumedAt < VACUUM_BYTES) return;
    await session.script("VACUUM");
    await analyzeWhatGrew();
    vacuumedAt = length;
    if (length < CHECKPOINT_BYTES) return;
    await session.script("CHECKPOINT");
    vacuumedAt = 0;
  };
}
