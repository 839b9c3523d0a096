import { sql } from "drizzle-orm";
import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant, sortedText } from "./columns.ts";

/** Whom changes are told to. The secret that signs is derived from a key in the object store and stands nowhere. */
export const webhooks = pgTable(
  "webhooks",
  {
    tenant: sortedText("tenant").notNull(),
    id: uuid("id").notNull(),
    url: text("url").notNull(),
    /** Null means every namespace. */
    namespace: sortedText("namespace"),
    /** Keys that begin with it; null means every key. */
    prefix: sortedText("prefix"),
    /** A JSON list of put, delete and expire. */
    events: jsonb("events").notNull(),
    description: text("description"),
    enabled: boolean("enabled").notNull(),
    /** Why the service itself disabled it; null otherwise. */
    disabledBecause: text("disabled_because"),
    /** Counts the secrets that it has had. */
    secretVersion: integer("secret_version").notNull().default(1),
    /** Until when the secret before signs as well. */
    previousUntil: instant("previous_until"),
    /** Every change up to this id has been handed over to `webhook_deliveries`, or did not concern it. */
    cursor: bigint("cursor", { mode: "number" }).notNull(),
    /** When the log no longer reached back to the cursor, so that changes were never told. */
    missedAt: instant("missed_at"),
    deliveredAt: instant("delivered_at"),
    failedAt: instant("failed_at"),
    failure: text("failure"),
    revision: bigint("revision", { mode: "number" }).notNull().default(1),
    createdAt: instant("created_at").notNull().default(sql`clock_timestamp()`),
    createdBy: text("created_by").notNull(),
    updatedAt: instant("updated_at").notNull().default(sql`clock_timestamp()`),
    updatedBy: text("updated_by").notNull(),
  },
  (table) => [primaryKey({ columns: [table.tenant, table.id] })],
);
