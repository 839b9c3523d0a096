import { sql } from "drizzle-orm";
import { bigint, foreignKey, index, integer, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant, sortedText } from "./columns.ts";
import { webhooks } from "./webhooks.ts";

/** Changes that a webhook has yet to be told, or never took. The change is repeated here, since the log is trimmed. */
export const webhookDeliveries = pgTable(
  "webhook_deliveries",
  {
    tenant: sortedText("tenant").notNull(),
    webhook: uuid("webhook").notNull(),
    /** The change's id in the log. */
    change: bigint("change", { mode: "number" }).notNull(),
    namespace: text("namespace").notNull(),
    key: text("key").notNull(),
    revision: bigint("revision", { mode: "number" }).notNull(),
    etag: uuid("etag").notNull(),
    op: text("op").notNull(),
    by: text("by").notNull(),
    door: text("door").notNull(),
    at: instant("at").notNull(),
    attempts: integer("attempts").notNull().default(0),
    /** Not tried before. Whoever takes one to try moves it on, so that it comes back if he dies. */
    nextAt: instant("next_at").notNull(),
    /** When the last attempt failed and no other follows by itself. */
    deadSince: instant("dead_since"),
    failedAt: instant("failed_at"),
    failure: text("failure"),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.webhook, table.change] }),
    foreignKey({
      name: "webhook_deliveries_webhook",
      columns: [table.tenant, table.webhook],
      foreignColumns: [webhooks.tenant, webhooks.id],
    }).onDelete("cascade"),
    index("webhook_deliveries_due")
      .on(table.tenant, table.webhook, table.nextAt)
      .where(sql`${table.deadSince} IS NULL`),
    index("webhook_deliveries_dead").on(table.deadSince).where(sql`${table.deadSince} IS NOT NULL`),
  ],
);
