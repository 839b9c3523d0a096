/** What of postgres.js a pool needs. */
interface Connections {
  end(options: { readonly timeout: number }): Promise<void>;
}

export interface Pool<Sql> {
  /** Runs `work` on the connections there are, and passes its failure on. */
  use<T>(work: (sql: Sql) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** By then nothing is under way. postgres.js waits for ever for a connection that broke during a statement. */
export const CLOSE_SECONDS_MAX = 1;

/**
 * Takes all connections anew when one has broken. One of postgres.js (3.4.9) that closes while it has something to write
 * clears the timer of that write, takes the timer for set from then on, and never writes again: each later
 * statement on it would wait until the time to connect is over, for minutes after the server is back. What runs on
 * the old connections meanwhile may end there.
 * @param isBroken whether a failure may have left such a connection behind
 */
export function createPool<Sql extends Connections>(open: () => Sql, isBroken: (error: unknown) => boolean): Pool<Sql> {
  let current = { sql: open(), users: 0 };
  return {
    async use(work) {
      const pool = current;
      pool.users++;
      try {
        return await work(pool.sql);
      } catch (error) {
        if (pool === current && isBroken(error)) current = { sql: open(), users: 0 };
        throw error;
      } finally {
        pool.users--;
        if (pool !== current && pool.users === 0) leave(pool.sql);
      }
    },
    close: () => current.sql.end({ timeout: CLOSE_SECONDS_MAX }),
  };
}

/** Nobody waits for it, and nothing depends on how it ends. */
const leave = (sql: Connections): void => void sql.end({ timeout: CLOSE_SECONDS_MAX }).catch(() => undefined);
