import { pgTable, text, uuid } from "drizzle-orm/pg-core";
import { instant } from "./columns.ts";

/**
 * Who does a piece of work that one replica at a time should do, and until when. A row and no advisory lock, which
 * a pooler would take from its session and which lasts no longer than a process.
 */
export const leases = pgTable("leases", {
  name: text("name").primaryKey(),
  holder: uuid("holder").notNull(),
  until: instant("until").notNull(),
});
