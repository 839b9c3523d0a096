import { type SQL, sql } from "drizzle-orm";
import { bare, columnsOf, commaSeparated } from "./statement.ts";
import { place } from "./tables/columns.ts";
import { entries } from "./tables/entries.ts";
import { objects } from "./tables/objects.ts";

/** What all statements that change keys have in common: in which order they lock, and how they count bytes. */

export const placeColumns = Object.keys(place());

export const samePlace = (left: string, right: string): SQL =>
  sql.raw(placeColumns.map((name) => `${left}.${name} = ${right}.${name}`).join(" AND "));

export const namesOf = (columns: readonly { name: string }[]): readonly string[] => columns.map(({ name }) => name);

/** Every statement locks in this order, or two would wait for each other. */
export const inOrderOfKeys = (rows: string): SQL => sql.raw(`SELECT * FROM ${rows} ORDER BY tenant, namespace, key`);

/**
 * Of the rows of `page`, which have an entry's place and `etag`, those that still are what the snapshot shows, locked:
 * then the snapshot shows all their revisions too. With "skip" those that another statement holds are left out.
 */
export const unchanged = (page: string, busy: "wait" | "skip"): SQL => sql`SELECT p.* FROM (${inOrderOfKeys(page)}) p,
  LATERAL (SELECT e.etag FROM ${entries} e WHERE ${samePlace("e", "p")}
    FOR UPDATE ${sql.raw(busy === "skip" ? "SKIP LOCKED" : "")}) e
  WHERE e.etag = p.etag`;

/**
 * What each object gains and loses, in one row, since a statement can change a row only once. ON CONFLICT adds to
 * the newest version of the row whatever the snapshot shows. The order is that of all statements.
 * An object that died since the snapshot, and of whose bytes a value here still wants a part, may be deleted by now: the
 * division fails and undoes the statement, and its next try sees that the object is dead. `deltas` has the columns tenant,
 * object and bytes.
 */
export const objectsCounted = (
  deltas: SQL,
): SQL => sql`INSERT INTO ${objects} (${commaSeparated([objects.tenant, objects.name, objects.liveBytes, objects.createdAt].map(bare))})
  SELECT d.tenant, d.object, sum(d.bytes), clock_timestamp() FROM (${deltas}
  ) d GROUP BY d.tenant, d.object HAVING sum(d.bytes) <> 0 ORDER BY d.tenant, d.object
  ON CONFLICT (${bare(objects.tenant)}, ${bare(objects.name)}) DO UPDATE SET
  ${bare(objects.liveBytes)} = ${objects.liveBytes} + excluded.live_bytes
    / CASE WHEN ${objects.liveBytes} <= 0 AND excluded.live_bytes > 0 THEN 0 ELSE 1 END,
  ${bare(objects.deadSince)} = CASE WHEN ${objects.liveBytes} + excluded.live_bytes = 0 THEN clock_timestamp() END
  RETURNING ${bare(objects.name)}, ${bare(objects.liveBytes)}`;

/** The deltas of a statement that only removes: `pruned` returns what was deleted from `revisions`. */
export const PRUNED_BYTES = sql`
    SELECT p.tenant, p.object, -p.object_length AS bytes FROM pruned p WHERE p.object IS NOT NULL`;

/** Columns of a row, by their names. */
export const from = (row: string, names: readonly string[]): SQL =>
  commaSeparated(names.map((name) => sql.raw(`${row}."${name}"`)));

/** The columns of an entry besides its place. */
export const stateColumns = columnsOf(entries).filter((column) => !placeColumns.includes(column.name));
