import type { Inspection, ObjectFacts } from "../domain/inspection-store.ts";
import type { ObjectName } from "../domain/object.ts";
import type { PlaceAfter } from "../domain/upkeep-store.ts";
import { arrayLiteral } from "./array-literal.ts";
import { ask } from "./ask.ts";
import { pagesOf } from "./cursor.ts";
import { type Database, DatabaseError, failureOf, type Row } from "./database.ts";
import { factsOf, misfitOf, namingOf, placeOf, walkedOf } from "./inspection-rows.ts";
import {
  ADVANCE_CHANGES,
  ALL_OBJECTS,
  CHANGES,
  CHANGES_AHEAD,
  DROP_REVISIONS,
  END_LEASE,
  ENTRIES,
  FACTS,
  LOCK_OBJECTS,
  LONG_LEASES,
  NAMING_REVISIONS,
  NOW,
  RECOUNT,
  REVISIONS,
} from "./inspection-statements.ts";
import { instantFromDatabase } from "./instant.ts";

export function createInspection(database: Database): Inspection {
  return {
    now: async () => Number((await ask(database, NOW, {}))[0]?.[0]),
    async objects(work) {
      try {
        return await database.transaction("snapshot", (session) => work(factPages(pagesOf(session, ALL_OBJECTS))));
      } catch (error) {
        throw failureOf(error);
      }
    },
    facts: async (names) => (await ask(database, FACTS, named(names))).map(factsOf),
    naming: async (names) => (await ask(database, NAMING_REVISIONS, named(names))).map(namingOf),
    async entries(after, limit) {
      const rows = await ask(database, ENTRIES, { ...placeAfter(after), limit: `${limit}` });
      const last = rows.at(-1);
      const next = rows.length === limit && last ? placeOf(last) : undefined;
      return { seen: rows.length, misfits: rows.flatMap(misfitOf), next };
    },
    async revisions(after, limit) {
      const revision = `${after?.revision ?? 0}`;
      return (await ask(database, REVISIONS, { ...placeAfter(after), revision, limit: `${limit}` })).map(walkedOf);
    },
    async changes(limit) {
      const rows = await ask(database, CHANGES, { limit: `${limit}` });
      const [ahead] = await ask(database, CHANGES_AHEAD, {});
      return { compared: rows.length, misfits: rows.flatMap(misfitOf), isAhead: ahead?.[0] === "t" };
    },
    async longLeases(msMax) {
      const rows = await ask(database, LONG_LEASES, { ms: `${msMax}` });
      return rows.map(([name, until]) => ({ name: `${name}`, until: instantFromDatabase(`${until}`) }));
    },
    recount: (names) => recount(database, names),
    async dropRevisions(revisions) {
      const [row] = await ask(database, DROP_REVISIONS, {
        tenants: arrayLiteral(revisions.map(({ at }) => at.tenant)),
        namespaces: arrayLiteral(revisions.map(({ at }) => at.namespace)),
        keys: arrayLiteral(revisions.map(({ at }) => at.key)),
        revisions: arrayLiteral(revisions.map(({ revision }) => revision)),
        etags: arrayLiteral(revisions.map(({ etag }) => etag)),
      });
      return Number(row?.[0] ?? 0);
    },
    endLease: async (name) => void (await ask(database, END_LEASE, { name })),
    advanceChanges: async () => void (await ask(database, ADVANCE_CHANGES, {})),
  };
}

const RECOUNT_TRIES_MAX = 5;

/** The second statement sees all that was committed before the first had its locks. To count twice does no harm. */
async function recount(database: Database, names: readonly ObjectName[]): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await database.queryBehind(LOCK_OBJECTS, RECOUNT, named(names));
      return;
    } catch (error) {
      const passing = error instanceof DatabaseError && (error.trouble === "again" || error.trouble === "lost");
      if (!passing || tries === RECOUNT_TRIES_MAX) throw failureOf(error);
    }
  }
}

async function* factPages(pages: AsyncIterable<readonly Row[]>): AsyncGenerator<readonly ObjectFacts[], void, void> {
  for await (const page of pages) yield page.map(factsOf);
}

/** An object's name begins with tenant and namespace. */
function named(names: readonly ObjectName[]) {
  const segments = names.map((name) => name.split("/", 2));
  return {
    tenants: arrayLiteral(segments.map(([tenant]) => tenant)),
    namespaces: arrayLiteral(segments.map(([, namespace]) => namespace ?? "")),
    names: arrayLiteral(names),
  };
}

const placeAfter = (after: PlaceAfter | undefined) => ({
  tenant: after?.tenant ?? "",
  namespace: after?.namespace ?? "",
  key: after?.key ?? "",
});
