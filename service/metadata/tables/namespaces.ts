import { sql } from "drizzle-orm";
import { bigint, boolean, integer, jsonb, pgTable, primaryKey, text, uuid } from "drizzle-orm/pg-core";
import { instant, sortedText } from "./columns.ts";

/** All that is true of a namespace at one revision. */
export const namespaceState = () => ({
  tenant: sortedText("tenant").notNull(),
  name: sortedText("name").notNull(),
  description: text("description"),
  labels: jsonb("labels").notNull().default({}),
  /** Namespaces whose flows may read this one; null where nobody has said. */
  allowedNamespaces: jsonb("allowed_namespaces"),
  /** Revisions kept of each key; null means REVISIONS_KEPT_DEFAULT. */
  maxRevisions: integer("max_revisions"),
  /** ISO-8601 duration that a PUT without a lifetime takes. */
  defaultTtl: text("default_ttl"),
  /** Fields that only Kestra knows: one JSON object as it was sent. Text, since jsonb would make 1.0 of 1.00. */
  extra: text("extra").notNull().default("{}"),
  /** Whether somebody made it by hand; else the first write of a key did, and making it by hand is no conflict. */
  declared: boolean("declared").notNull().default(false),
  revision: bigint("revision", { mode: "number" }).notNull().default(1),
  etag: uuid("etag").notNull().default(sql`gen_random_uuid()`),
  createdAt: instant("created_at").notNull(),
  createdBy: text("created_by").notNull(),
  updatedAt: instant("updated_at").notNull(),
  updatedBy: text("updated_by").notNull(),
});

/** Made on the first write of a key, or by hand. */
export const namespaces = pgTable("namespaces", namespaceState(), (table) => [
  primaryKey({ columns: [table.tenant, table.name] }),
]);
