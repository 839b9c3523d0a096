import { sql } from "drizzle-orm";
import { LRUCache } from "lru-cache";
import type { Entry, Place } from "../domain/entry.ts";
import type { Found } from "../domain/stores.ts";
import { arrayLiteral } from "./array-literal.ts";
import type { Job } from "./batching.ts";
import { type Database, DatabaseError, failureOf, type Row, type Session } from "./database.ts";
import { entryOf, shownOf } from "./entry-row.ts";
import { createSights, NOW, STAMP } from "./snapshot.ts";
import { type Parameters, rowOf, type Statement, sparing, statement } from "./statement.ts";
import { entries } from "./tables/entries.ts";

/** Of an entry that the asker knows, by its ETag, only the state is told: all else of it is for ever as it was. */
const FIND = sparing(
  statement(
    "find",
    sql`SELECT i.ord, coalesce(e.gone, CASE WHEN e.expires_at <= clock_timestamp() THEN 'expired' ELSE 'live' END),
    ${STAMP}, ${shownOf("f")}
  FROM unnest(${sql.placeholder("tenants")}::text[], ${sql.placeholder("namespaces")}::text[],
    ${sql.placeholder("keys")}::text[], ${sql.placeholder("known")}::uuid[])
    WITH ORDINALITY AS i(tenant, namespace, key, known, ord)
  JOIN ${rowOf(entries, sql`x.tenant = i.tenant AND x.namespace = i.namespace AND x.key = i.key`)} e ON true
  LEFT JOIN LATERAL (SELECT e.* WHERE e.etag IS DISTINCT FROM i.known) f ON true`,
  ),
);

/** Mostly of 1 KB each; labels can make one a hundred times that. */
const KNOWN_MAX = 10_000;
const KNOWN_BYTES_MAX = 32 * 1_024 * 1_024;

export type FindJob = Job<Place, Found | undefined>;

/** What was found of a key, and when: in the same stillness of the database it is what would be found again. */
interface Remembered {
  readonly entry: Entry;
  /** A number of the database's stillness, or a stamp; undefined when the entry must be looked up each time. */
  stillAt: number | string | undefined;
}

export interface Finder {
  /** What of a place is known without asking; undefined when it must be asked. */
  known(at: Place): Found | undefined;
  /** Looks all of them up in one statement, or in two where something has changed just now. */
  all(jobs: readonly FindJob[]): Promise<void>;
}

/**
 * Entries that were found lately are remembered, so that they need not travel again. Whether they still are what is
 * there, a statement says each time: one by one, or all at once when nothing at all was written since. Where nobody else
 * can change the database, its stillness says so without a statement.
 */
export function createFinder(database: Database): Finder {
  const remembered = new LRUCache<string, Remembered>({
    max: KNOWN_MAX,
    maxSize: KNOWN_BYTES_MAX,
    sizeCalculation: weightOf,
  });
  const { stillness, lookUps = database } = database;
  const sights = createSights();

  /** Whether all of them were found by statements that saw what the database shows now. */
  async function areStill(known: readonly (Remembered | undefined)[]): Promise<boolean> {
    const stamp = known[0]?.stillAt;
    if (!sights.seemStill(stamp) || !known.every((one) => one?.stillAt === stamp)) return false;
    const [row] = await lookUp(lookUps, NOW, {});
    sights.saw(row?.[0]);
    return row?.[0] === stamp;
  }

  return {
    known(at) {
      const now = stillness?.();
      const known = now === undefined ? undefined : remembered.get(nameOf(at));
      return known && known.stillAt === now ? { state: "live", entry: known.entry } : undefined;
    },
    async all(jobs) {
      const names = jobs.map(({ item }) => nameOf(item));
      // Held here, as a place in the memory may be another's by the time of the answer.
      const known = names.map((name) => remembered.get(name));
      if (await areStill(known)) {
        for (const [index, { resolve }] of jobs.entries())
          resolve({ state: "live", entry: (known[index] as Remembered).entry });
        return;
      }
      const before = stillness?.();
      const rows = await lookUp(lookUps, FIND, {
        tenants: arrayLiteral(jobs.map(({ item }) => item.tenant)),
        namespaces: arrayLiteral(jobs.map(({ item }) => item.namespace)),
        keys: arrayLiteral(jobs.map(({ item }) => item.key)),
        known: arrayLiteral(known.map((one) => one?.entry.etag)),
      });
      const stamp = rows[0]?.[STAMP_AT];
      sights.saw(stamp);
      const still = stillness ? (before === stillness() ? before : undefined) : (stamp ?? undefined);
      for (const row of rows) {
        const index = Number(row[0]) - 1;
        const job = jobs[index];
        if (!job) continue;
        const same = row[ETAG_AT] === null ? known[index] : undefined;
        const one = same ?? { entry: entryOf(job.item, row, SHOWN_AT), stillAt: undefined };
        if (!same) remembered.set(names[index] ?? "", one);
        // The end of a lifetime is no change of the database.
        one.stillAt = row[1] === "live" && one.entry.expiresAt === undefined ? still : undefined;
        job.resolve(foundOf(row[1], one.entry));
      }
      // Those that had a row are settled already.
      for (const job of jobs) job.resolve(undefined);
    },
  };
}

const nameOf = ({ tenant, namespace, key }: Place): string => `${tenant}/${namespace}/${key}`;

/** A guess at its bytes in memory, and at those of what answers make of it. */
function weightOf({ entry: { description = "", labels } }: Remembered): number {
  const texts = Object.entries(labels).map(([name, value]) => name.length + value.length);
  return 1_000 + 4 * texts.reduce((sum, length) => sum + length, description.length);
}

/** Where in a row of the answer the entry's columns begin, and its ETag stands. */
const STAMP_AT = 2;
const SHOWN_AT = 3;
const ETAG_AT = SHOWN_AT + 1;

async function lookUp(session: Session, statement: Statement, parameters: Parameters): Promise<readonly Row[]> {
  const look = () => session.query(statement, parameters);
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
