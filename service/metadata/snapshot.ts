import { sql } from "drizzle-orm";
import { sparing, statement } from "./statement.ts";

/**
 * What the statement sees, as a text: the session, and which transactions have ended in it. Postgres numbers every
 * transaction that changes something; one that ends leaves the list of those under way or moves its upper end on. So of two
 * statements of one session with the same text both see the same rows, with all that was answered before the later began.
 * - A session has a name of its own, drawn by lot: in another the text may mean something else. After a crash, and on a
 *   standby that was promoted, numbers come again that had been given to transactions which are lost.
 * - A standby says nothing: which transactions are under way it keeps where the text does not show them (decision 28).
 */
export const STAMP = sql`(SELECT CASE WHEN NOT pg_is_in_recovery() THEN
    coalesce(nullif(current_setting('namespace_kv.session', true), ''),
      set_config('namespace_kv.session', gen_random_uuid()::text, false)) || ' ' || pg_current_snapshot()::text END)`;

/** The stamp alone: a third of what the smallest look-up costs. Its name is that of look-ups to who counts statements. */
export const NOW = sparing(statement("find: still", sql`SELECT ${STAMP}`));

/** What the statements of one session saw, each as its stamp. */
export interface Sights {
  saw(stamp: string | null | undefined): void;
  /**
   * Whether the latest is this one, and the one before it was too. While others write much, to ask whether it still is the same
   * would be a round trip for nothing.
   */
  seemStill(stamp: string | number | undefined): boolean;
}

export function createSights(): Sights {
  let latest: string | undefined;
  let calm = false;
  return {
    saw(stamp) {
      calm = latest !== undefined && stamp === latest;
      latest = stamp ?? undefined;
    },
    seemStill: (stamp) => calm && stamp === latest,
  };
}
