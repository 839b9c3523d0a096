import { getTableName } from "drizzle-orm";
import { type CopiedTable, type Copying, Occupied, type Snapshot } from "../domain/copy-store.ts";
import type { ObjectName } from "../domain/object.ts";
import { keyOf, quoted, sequencesOf, shapeOf } from "./catalog.ts";
import { COPIED } from "./copied-tables.ts";
import { pagesOf, say } from "./cursor.ts";
import { type Database, failureOf, type Session } from "./database.ts";
import { instantFromDatabase } from "./instant.ts";
import { createLoading, goOnAbove } from "./loading.ts";
import { levelOf, migrate } from "./migrate.ts";

/** `migrations` is the folder that drizzle-kit wrote. */
export function createCopying(database: Database, migrations: URL): Copying {
  return {
    level: () => told(() => levelOf(database, migrations)),
    migrate: (through) => told(() => migrate(database, migrations, through)),
    snapshot: (work) =>
      told(async () => {
        const names = await namesIn(database);
        return database.transaction("snapshot", async (session) => {
          // Before the snapshot, which this does not take yet: a table that is written anew looks empty to an older one.
          if (names) await say(session, `LOCK TABLE ${names} IN ACCESS SHARE MODE`);
          return work(await take(session));
        });
      }),
    occupied: () => told(() => occupiedIn(database)),
    load: (sequences, work) =>
      told(() =>
        database.transaction("load", async (session) => {
          const names = await namesIn(session);
          await say(session, `LOCK TABLE ${names} IN SHARE ROW EXCLUSIVE MODE`);
          const table = await occupiedIn(session);
          if (table !== undefined) throw new Occupied(table);
          await work(createLoading(session));
          await goOnAbove(session, sequences);
        }),
      ),
  };
}

async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw failureOf(error);
  }
}

async function take(session: Session): Promise<Snapshot> {
  // The first statement takes the snapshot, and came before: what was committed by then is in it.
  const [[takenAt] = []] = await say(session, "SELECT statement_timestamp()::timestamptz(6)");
  const tables: CopiedTable[] = [];
  const sequences = [];
  for (const table of await presentIn(session)) {
    tables.push(await shapeOf(session, table));
    sequences.push(...(await sequencesOf(session, table)));
  }
  return {
    takenAt: instantFromDatabase(`${takenAt}`),
    tables,
    sequences,
    rows: ({ name, columns }) => {
      const table = COPIED.find((one) => getTableName(one) === name);
      if (!table) throw new Error(`No table of ours: ${name}`);
      return pagesOf(
        session,
        `SELECT ${columns.map(quoted).join(", ")} FROM ${nameOf(table)} ORDER BY ${keyOf(table)}`,
      );
    },
    objects: () => objectsNamed(session),
  };
}

async function* objectsNamed(session: Session): AsyncGenerator<readonly { name: ObjectName; bytesMin: number }[]> {
  const query = `SELECT object, max(object_offset + object_length) FROM revisions
    WHERE object IS NOT NULL GROUP BY object ORDER BY object`;
  for await (const page of pagesOf(session, query))
    yield page.map(([name, bytesMin]) => ({ name: name as ObjectName, bytesMin: Number(bytesMin) }));
}

async function occupiedIn(session: Session): Promise<string | undefined> {
  for (const table of await presentIn(session)) {
    const [row] = await say(session, `SELECT 1 FROM ${nameOf(table)} LIMIT 1`);
    if (row) return getTableName(table);
  }
  return undefined;
}

/** A schema from before some of them has the others. */
async function presentIn(session: Session): Promise<readonly (typeof COPIED)[number][]> {
  const present = [];
  for (const table of COPIED) if ((await shapeOf(session, table)).columns.length > 0) present.push(table);
  return present;
}

/** Those, as a statement lists them. */
const namesIn = async (session: Session): Promise<string> => (await presentIn(session)).map(nameOf).join(", ");

const nameOf = (table: (typeof COPIED)[number]): string => quoted(getTableName(table));
