import { index, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { instant, sortedText } from "./columns.ts";
import { namespaceState } from "./namespaces.ts";

/**
 * What changes of namespaces were answered, so that a repeat gets the same: the namespace as the change left it, or, of a
 * deletion, as it was last. Without a foreign key, since a deletion's answer outlives the namespace.
 */
export const namespaceAnswers = pgTable(
  "namespace_answers",
  {
    ...namespaceState(),
    idempotencyKey: sortedText("idempotency_key").notNull(),
    /** SHA-256 of what was asked: the same key with another is no repeat. */
    request: text("request").notNull(),
    answeredAt: instant("answered_at").notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.tenant, table.name, table.idempotencyKey] }),
    index("namespace_answers_old").on(table.tenant, table.answeredAt),
  ],
);
