import type { Row } from "./database.ts";

/** Statements between two looks at the log's length. */
const STATEMENTS_MIN = 500;
/** Bytes of log after which its pages are written out. What a crash leaves is read again at the next start. */
const LOG_BYTES_MAX = 32 * 1_024 * 1_024;

const LOG_LENGTH = `SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), checkpoint_lsn)::bigint FROM pg_control_checkpoint()`;

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
  return async () => {
    // No transaction can hold VACUUM, and one that failed not even the look.
    if (++statements < STATEMENTS_MIN || !session.isIdle()) return;
    statements = 0;
    const [row] = await session.query(LOG_LENGTH, []);
    if (Number(row?.[0]) < LOG_BYTES_MAX) return;
    await session.script("VACUUM (ANALYZE)");
    await session.script("CHECKPOINT");
  };
}
