import { getTableName, type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import type { StoreSizes } from "../domain/telemetry.ts";
import { ask } from "./ask.ts";
import type { Database } from "./database.ts";
import { statement } from "./statement.ts";
import { tenantsOf } from "./sweep-statements.ts";
import { entries } from "./tables/entries.ts";
import { objects } from "./tables/objects.ts";
import { revisions } from "./tables/revisions.ts";

/** Bytes of each table that are read: one up to this size is counted exactly, of a larger one a share of its pages. */
const SAMPLE_BYTES = 4 * 1_024 * 1_024;
/** Rows of what should be few; above that the count says "at least". */
const FEW_MAX = 10_000;

const times = (table: PgTable): SQL =>
  sql.raw(`greatest(1, pg_relation_size('${getTableName(table)}') / ${SAMPLE_BYTES}.0)`);

/** A sample by pages costs the same however large the table is, and asks no statistics, which PGlite has none of at first. */
const sampleOf = (table: PgTable): SQL =>
  sql`${table} TABLESAMPLE SYSTEM ((100 / ${times(table)})::float4) REPEATABLE (0)`;

/** By the partial index that the sweep uses as well. */
const few = (table: PgTable, where: SQL): SQL => sql`(SELECT count(*) FROM (
    SELECT 1 FROM ${tenantsOf(table)} t, LATERAL (SELECT 1 FROM ${table} x WHERE x.tenant = t.tenant AND ${where}
      LIMIT ${sql.raw(`${FEW_MAX}`)}) few LIMIT ${sql.raw(`${FEW_MAX}`)}) few)`;

const SIZES = statement(
  "sizes",
  sql`SELECT
  (SELECT count(*) * ${times(entries)} FROM ${sampleOf(entries)}),
  (SELECT coalesce(sum(object_length) FILTER (WHERE gone IS NULL), 0) * ${times(entries)} FROM ${sampleOf(entries)}),
  ${few(entries, sql`x.gone IS NULL AND x.expires_at IS NOT NULL AND x.expires_at <= statement_timestamp()`)},
  ${few(entries, sql`x.gone IS NOT NULL`)},
  (SELECT count(*) * ${times(revisions)} FROM ${sampleOf(revisions)}),
  (SELECT count(*) * ${times(objects)} FROM ${sampleOf(objects)}),
  (SELECT coalesce(sum(live_bytes), 0) * ${times(objects)} FROM ${sampleOf(objects)}),
  ${few(objects, sql`x.dead_since IS NOT NULL`)}`,
);

/** What there is, in one statement of a few milliseconds. */
export async function sizes(database: Database): Promise<StoreSizes> {
  const [row] = await ask(database, SIZES, {});
  const [all, valueBytes, expired, deleted, revisionRows, objectRows, revisionBytes, deadObjects] = (row ?? []).map(
    (text) => Math.round(Number(text)),
  ) as [number, number, number, number, number, number, number, number];
  return {
    live: Math.max(0, all - expired - deleted),
    expired,
    deleted,
    revisions: revisionRows,
    objects: Math.max(0, objectRows - deadObjects),
    deadObjects,
    valueBytes,
    revisionBytes,
  };
}
