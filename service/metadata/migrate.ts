import { fileURLToPath } from "node:url";
import { sql } from "drizzle-orm";
import { type MigrationMeta, readMigrationFiles } from "drizzle-orm/migrator";
import type { SchemaLevel } from "../domain/copy-store.ts";
import type { Database } from "./database.ts";
import { IN_PLACE } from "./in-place.ts";
import { statement } from "./statement.ts";

/** Any number that nobody else takes: "nskv" in ASCII. */
const LOCK_ID = 0x6e736b76;

/**
 * Brings the schema up to date, all of it or nothing. Replicas that start at the same time wait for each other:
 * the lock belongs to the transaction, so that it holds behind a pooler too. `folder` is what drizzle-kit wrote; of its
 * migrations only those in `through` are applied, where that is given.
 */
export async function migrate(database: Database, folder: URL, through?: readonly string[]): Promise<void> {
  const wanted = ({ folderMillis }: MigrationMeta) => through === undefined || through.includes(`${folderMillis}`);
  const files = filesIn(folder).filter(wanted);
  await database.script(`
    BEGIN;
    SELECT pg_advisory_xact_lock(${LOCK_ID});
    CREATE TABLE IF NOT EXISTS migrations (
      id bigint PRIMARY KEY, hash text NOT NULL, applied_at timestamptz NOT NULL DEFAULT clock_timestamp());
    ${files.map(({ sql, folderMillis, hash }) => unlessApplied(folderMillis, hash, sql.join("\n"))).join("\n")}
    ${database.alone ? IN_PLACE : ""}
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

const filesIn = (folder: URL): readonly MigrationMeta[] =>
  readMigrationFiles({ migrationsFolder: fileURLToPath(folder) });

const IS_THERE = statement("is there a table of migrations", sql`SELECT to_regclass('migrations') IS NOT NULL`);
const APPLIED = statement("migrations applied", sql`SELECT id FROM migrations ORDER BY id`);

/** Which migrations the database has, none when it is new, and which lie in `folder`. */
export async function levelOf(database: Database, folder: URL): Promise<SchemaLevel> {
  const known = filesIn(folder).map(({ folderMillis }) => `${folderMillis}`);
  const [row] = await database.query(IS_THERE, {});
  if (row?.[0] !== "t") return { applied: [], known };
  return { applied: (await database.query(APPLIED, {})).map(([id]) => `${id}`), known };
}
