import { boolean, pgTable, primaryKey, text, uniqueIndex } from "drizzle-orm/pg-core";
import { place, sortedText, state } from "./columns.ts";

/** The newest revisions of each key, deletions among them. */
export const revisions = pgTable(
  "revisions",
  {
    ...place(),
    ...state(),
    /** What was asked for: put, patch, delete or expire. */
    action: text("action").notNull(),
    /** Whether this revision brought bytes, or names those of the one before. */
    broughtValue: boolean("brought_value").notNull(),
    /** What the first answer said: no live entry was there before. */
    created: boolean("created").notNull(),
    /**
     * By what a repeat of the write is known: the caller's `Idempotency-Key`, or else the write's own ETag, which
     * the caller makes. One index serves both.
     */
    idempotencyKey: sortedText("idempotency_key").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.namespace, table.key, table.revision] }),
    // Always looked up whole. What tells most rows apart comes first, and an ETag begins with its time: so one comparison
    // decides where three texts were compared, and new rows go to the end.
    uniqueIndex("revisions_idempotency_key").on(table.idempotencyKey, table.key, table.namespace, table.tenant),
  ],
);
