import { bigint, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant, place } from "./columns.ts";

/**
 * The ordered log: one row for every revision. `id` is taken while the entry is locked, so that it orders the
 * changes of a key. Numbers may be missing, and a lower one may become visible after a higher one.
 */
export const changes = pgTable(
  "changes",
  {
    ...place(),
    id: bigint("id", { mode: "number" }).notNull().generatedAlwaysAsIdentity({ name: "changes_id" }),
    revision: bigint("revision", { mode: "number" }).notNull(),
    etag: uuid("etag").notNull(),
    /** put, delete or expire. */
    op: text("op").notNull(),
    by: text("by").notNull(),
    door: text("door").notNull(),
    at: instant("at").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);
