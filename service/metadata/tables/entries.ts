import { sql } from "drizzle-orm";
import { check, foreignKey, index, pgTable, primaryKey } from "drizzle-orm/pg-core";
import { place, state } from "./columns.ts";
import { namespaces } from "./namespaces.ts";

/**
 * The newest revision of each key. Sorts other than by key have no index on purpose: each would cost every
 * write, and a namespace is sorted in memory in a few milliseconds.
 */
export const entries = pgTable("entries", { ...place(), ...state() }, (table) => [
  primaryKey({ columns: [table.tenant, table.namespace, table.key] }),
  // A put and the deletion of its namespace exclude each other.
  foreignKey({
    name: "entries_namespace",
    columns: [table.tenant, table.namespace],
    foreignColumns: [namespaces.tenant, namespaces.name],
  }),
  index("entries_expiring")
    .on(table.tenant, table.expiresAt)
    .where(sql`${table.gone} IS NULL AND ${table.expiresAt} IS NOT NULL`),
  // What the sweep forgets: tombstones, the oldest first.
  index("entries_gone").on(table.tenant, table.updatedAt).where(sql`${table.gone} IS NOT NULL`),
  check("entries_object_unless_gone", sql`(${table.gone} IS NULL) = (${table.object} IS NOT NULL)`),
]);
