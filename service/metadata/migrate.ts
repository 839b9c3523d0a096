import { fileURLToPath } from "node:url";
import { readMigrationFiles } from "drizzle-orm/migrator";
import type { Database } from "./database.ts";

/** Any number that nobody else takes: "nskv" in ASCII. */
const LOCK_ID = 0x6e736b76;

/**
 * Brings the schema up to date, all of it or nothing. Replicas that start at the same time wait for each other:
 * the lock belongs to the transaction, so that it holds behind a pooler too. `folder` is what drizzle-kit wrote.
 */
export async function migrate(database: Database, folder: URL): Promise<void> {
  const files = readMigrationFiles({ migrationsFolder: fileURLToPath(folder) });
  await database.script(`
    BEGIN;
    SELECT pg_advisory_xact_lock(${LOCK_ID});
    CREATE TABLE IF NOT EXISTS migrations (
      id bigint PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp());
    ${files.map(({ sql, folderMillis, hash }) => unlessApplied(folderMillis, hash, sql.join("\n"))).join("\n")}
    COMMIT`);
}

/** Decided on the server, under the lock. `id` is the time at which drizzle-kit made the migration. */
const unlessApplied = (id: number, hash: string, text: string): string => `
    DO $migration$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM migrations WHERE id = ${id}) THEN
      ${text.trim().replace(/;?$/, ";")}
      INSERT INTO migrations (id, hash) VALUES (${id}, '${hash}');
    END IF;
    END $migration$;`;
