import { sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import type { Entry, Place } from "../domain/entry.ts";
import type { Found } from "../domain/stores.ts";
import { arrayLiteral } from "./array-literal.ts";
import type { Job } from "./batching.ts";
import { type Database, DatabaseError, failureOf, type Row } from "./database.ts";
import { entryOf, shownOf } from "./entry-row.ts";
import { rowOf, statement } from "./statement.ts";
import { entries } from "./tables/entries.ts";

/** Of an entry that the asker knows, by its ETag, only the state is told: all else of it is for ever as it was. */
const FIND = statement(
  "find",
  sql`SELECT i.ord, coalesce(e.gone, CASE WHEN e.expires_at <= clock_timestamp() THEN 'expired' ELSE 'live' END),
    ${shownOf("f")}
  FROM unnest(${sql.placeholder("tenants")}::text[], ${sql.placeholder("namespaces")}::text[],
    ${sql.placeholder("keys")}::text[], ${sql.placeholder("known")}::uuid[])
    WITH ORDINALITY AS i(tenant, namespace, key, known, ord)
  JOIN ${rowOf(entries, sql`x.tenant = i.tenant AND x.namespace = i.namespace AND x.key = i.key`)} e ON true
  LEFT JOIN LATERAL (SELECT e.* WHERE e.etag IS DISTINCT FROM i.known) f ON true`,
);

/** Mostly of 1 KB each; labels can make one a hundred times that. */
const KNOWN_MAX = 10_000;
const KNOWN_BYTES_MAX = 32 * 1_024 * 1_024;

export type FindJob = Job<Place, Found | undefined>;

/**
 * Looks all of them up in one statement. Entries that were found lately are remembered, so that they need not travel
 * again; whether they still are what is there, the statement says each time.
 */
export function createFindAll(database: Database): (jobs: readonly FindJob[]) => Promise<void> {
  const remembered = new LRUCache<string, Entry>({
    max: KNOWN_MAX,
    maxSize: KNOWN_BYTES_MAX,
    sizeCalculation: weightOf,
  });
  return async (jobs) => {
    const names = jobs.map(({ item }) => `${item.tenant}/${item.namespace}/${item.key}`);
    // Held here, as a place in the memory may be another's by the time of the answer.
    const known = names.map((name) => remembered.get(name));
    const rows = await lookUp(database, {
      tenants: arrayLiteral(jobs.map(({ item }) => item.tenant)),
      namespaces: arrayLiteral(jobs.map(({ item }) => item.namespace)),
      keys: arrayLiteral(jobs.map(({ item }) => item.key)),
      known: arrayLiteral(known.map((entry) => entry?.etag)),
    });
    for (const row of rows) {
      const index = Number(row[0]) - 1;
      const job = jobs[index];
      if (!job) continue;
      const same = row[ETAG_AT] === null ? known[index] : undefined;
      const entry = same ?? entryOf(job.item, row, SHOWN_AT);
      if (!same) remembered.set(names[index] ?? "", entry);
      job.resolve(foundOf(row[1], entry));
    }
    // Those that had a row are settled already.
    for (const job of jobs) job.resolve(undefined);
  };
}

/** A guess at its bytes in memory, and at those of what answers make of it. */
function weightOf({ description = "", labels }: Entry): number {
  const texts = Object.entries(labels).map(([name, value]) => name.length + value.length);
  return 1_000 + 4 * texts.reduce((sum, length) => sum + length, description.length);
}

/** Where in a row of the answer the entry's columns begin, and its ETag stands. */
const SHOWN_AT = 2;
const ETAG_AT = SHOWN_AT + 1;

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

function foundOf(state: string | null | undefined, entry: Entry): Found {
  if (state === "live" || state === "expired") return { state, entry };
  return { state: "gone", how: state === "expire" ? "expire" : "delete", entry };
}
