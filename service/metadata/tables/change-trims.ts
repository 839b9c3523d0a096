import { bigint, pgTable } from "drizzle-orm/pg-core";
import { sortedText } from "./columns.ts";

/** Up to which change a tenant's log was cut, so that a reader that comes back too late is told. */
export const changeTrims = pgTable("change_trims", {
  tenant: sortedText("tenant").primaryKey(),
  upto: bigint("upto", { mode: "number" }).notNull(),
});
