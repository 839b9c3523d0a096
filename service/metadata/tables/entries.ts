import { sql } from "drizzle-orm";
import { check, foreignKey, index, pgTable, primaryKey } from "drizzle-orm/pg-core";
import { place, state } from "./columns.ts";
import { namespaces } from "./namespaces.ts";

/**
 * The newest revision of each key. Sorts of one namespace, other than by key, have no index on purpose: each would cost
 * every write, and a namespace is sorted in memory. A whole tenant is not: its sorts follow the indices below.
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
  // The lists of all namespaces. Ties in time are few; ties of a key are as many as namespaces may be.
  index("entries_by_key").on(table.tenant, table.key, table.namespace).where(sql`${table.gone} IS NULL`),
  // This one, the next and the last not in the embedded database: see in-place.ts.
  index("entries_by_creation").on(table.tenant, table.createdAt).where(sql`${table.gone} IS NULL`),
  index("entries_by_update").on(table.tenant, table.updatedAt).where(sql`${table.gone} IS NULL`),
  // What the sweep forgets: tombstones, the oldest first.
  index("entries_gone").on(table.tenant, table.updatedAt).where(sql`${table.gone} IS NOT NULL`),
  check("entries_object_unless_gone", sql`(${table.gone} IS NULL) = (${table.object} IS NOT NULL)`),
]);
