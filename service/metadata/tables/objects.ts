import { sql } from "drizzle-orm";
import { bigint, index, pgTable, primaryKey } from "drizzle-orm/pg-core";
import { instant, sortedText } from "./columns.ts";

/** Which objects may be deleted, and which never. */
export const objects = pgTable(
  "objects",
  {
    tenant: sortedText("tenant").notNull(),
    name: sortedText("name").notNull(),
    /** The length of its slices, each counted once for every revision that names it. */
    liveBytes: bigint("live_bytes", { mode: "number" }).notNull(),
    /** Since when no revision names it; null while one does. */
    deadSince: instant("dead_since"),
    createdAt: instant("created_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.name] }),
    index("objects_dead").on(table.tenant, table.deadSince).where(sql`${table.deadSince} IS NOT NULL`),
  ],
);
