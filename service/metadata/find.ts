import { sql } from "drizzle-orm";
import type { Place } from "../domain/entry.ts";
import type { Found } from "../domain/stores.ts";
import { arrayLiteral } from "./array-literal.ts";
import type { Job } from "./batching.ts";
import { type Database, DatabaseError, failureOf, type Row } from "./database.ts";
import { entryOf, shownOf } from "./entry-row.ts";
import { rowOf, statement } from "./statement.ts";
import { entries } from "./tables/entries.ts";

const FIND = statement(
  "find",
  sql`SELECT i.ord, coalesce(e.gone, CASE WHEN e.expires_at <= clock_timestamp() THEN 'expired' ELSE 'live' END),
    ${shownOf("e")}
  FROM unnest(${sql.placeholder("tenants")}::text[], ${sql.placeholder("namespaces")}::text[],
    ${sql.placeholder("keys")}::text[]) WITH ORDINALITY AS i(tenant, namespace, key, ord)
  JOIN ${rowOf(entries, sql`x.tenant = i.tenant AND x.namespace = i.namespace AND x.key = i.key`)} e ON true`,
);

export type FindJob = Job<Place, Found | undefined>;

/** Looks all of them up in one statement. */
export async function findAll(database: Database, jobs: readonly FindJob[]): Promise<void> {
  const rows = await lookUp(database, {
    tenants: arrayLiteral(jobs.map(({ item }) => item.tenant)),
    namespaces: arrayLiteral(jobs.map(({ item }) => item.namespace)),
    keys: arrayLiteral(jobs.map(({ item }) => item.key)),
  });
  for (const row of rows) {
    const job = jobs[Number(row[0]) - 1];
    job?.resolve(foundOf(job.item, row));
  }
  // Those that had a row are settled already.
  for (const job of jobs) job.resolve(undefined);
}

async function lookUp(database: Database, places: Record<string, string>): Promise<readonly Row[]> {
  const look = () => database.query(FIND, places);
  try {
    return await look().catch((error: unknown) => {
      // A pooled connection that died while it was idle shows that only now; looking twice harms nobody.
      if (error instanceof DatabaseError && error.trouble === "lost") return look();
      throw error;
    });
  } catch (error) {
    throw failureOf(error);
  }
}

function foundOf(at: Place, row: Row): Found {
  const state = row[1];
  const entry = entryOf(at, row, 2);
  if (state === "live" || state === "expired") return { state, entry };
  return { state: "gone", how: state === "expire" ? "expire" : "delete", entry };
}
