import { type SQL, sql } from "drizzle-orm";
import type { Database } from "./database.ts";

/*
 * The embedded database changes a row in place when a key is put again (PostgreSQL manual, "Heap-Only Tuples"): a fifth of a
 * put. That needs room in each page, as much again where a batch changes all of its rows at once, and no index that names a
 * column which every put changes. So it has no index by `updated_at`, sorts a tenant's lists by time in memory, as it does a
 * namespace's, and finds tombstones by a column that is null while the key is there. On a server, whose stores grow large,
 * those indices are worth what they cost, and to make that column would write the table anew beside others who read it
 * (decision 33).
 */

/** Brings the tables to that, from any state of the migrations. What is so already stays. */
export const IN_PLACE = `
    ALTER TABLE IF EXISTS entries SET (fillfactor = 50);
    ALTER TABLE IF EXISTS entries ADD COLUMN IF NOT EXISTS gone_at timestamptz
      GENERATED ALWAYS AS (CASE WHEN gone IS NOT NULL THEN updated_at END) STORED;
    DROP INDEX IF EXISTS entries_by_creation, entries_by_update, entries_gone;
    DO $$ BEGIN
    IF to_regclass('entries') IS NOT NULL THEN
      CREATE INDEX IF NOT EXISTS entries_gone_in_place ON entries (tenant, gone_at) WHERE gone IS NOT NULL;
    END IF;
    END $$;`;

/** The column of `entries` by whose index the oldest tombstones are found. */
export const tombstonesBy = ({ alone }: Pick<Database, "alone">): SQL => sql.raw(alone ? "gone_at" : "updated_at");
