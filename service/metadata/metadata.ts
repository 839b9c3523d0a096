import { sql } from "drizzle-orm";
import type { Place } from "../domain/entry.ts";
import type { Namespaces } from "../domain/namespaces.ts";
import type { Commit, Found, Metadata, Write } from "../domain/stores.ts";
import { createBatcher } from "./batching.ts";
import { commitAll } from "./commit.ts";
import { commitTogether } from "./commit-together.ts";
import { type Database, failureOf } from "./database.ts";
import { createFindAll } from "./find.ts";
import { createHistory } from "./history.ts";
import { inTurn } from "./in-turn.ts";
import { openList } from "./list.ts";
import { createNamespaces } from "./namespaces.ts";
import { createPurge } from "./purge.ts";
import { statement } from "./statement.ts";
import { createUpkeep } from "./sweep.ts";

/** Rows of one statement; more make it slower for the first without making it cheaper for all (measured). */
const BATCH_SIZE_MAX = 128;
/** Requests that may wait for a place in a batch: some seconds of the best rate. */
const WAITING_MAX = 20_000;

const ANYTHING = statement("ready", sql`SELECT 1`);

/** All that this room offers. */
export interface OpenMetadata extends Metadata {
  readonly namespaces: Namespaces;
}

/** The same for both databases: all that differs lies behind `Database`. */
export async function openMetadata(database: Database): Promise<OpenMetadata> {
  const list = await openList(database);
  const finds = createBatcher<Place, Found | undefined>({
    sizeMax: BATCH_SIZE_MAX,
    // A second one at once would only halve the batches, and most of what a statement costs it costs once.
    inFlightMax: 1,
    waitingMax: WAITING_MAX,
    nameOf: undefined,
    run: createFindAll(database),
  });
  const commits = createBatcher<Write, Commit>({
    sizeMax: BATCH_SIZE_MAX,
    inFlightMax: database.parallel,
    waitingMax: WAITING_MAX,
    nameOf: ({ at }) => `${at.tenant}/${at.namespace}/${at.key}`,
    run: (jobs) => commitAll(database, jobs),
  });
  const lists = new Set<Promise<unknown>>();
  // One at a time: a long one holds many locks, and two would mostly wait for each other.
  const together = inTurn(1);
  return {
    find: (at) => finds.add(at),
    commit: (write) => commits.add(write),
    commitAll: (writes) => together(() => commitTogether(database, writes)),
    list(query) {
      const page = list(query);
      lists.add(page);
      return page.finally(() => lists.delete(page));
    },
    history: createHistory(database),
    upkeep: createUpkeep(database),
    purge: createPurge(database),
    namespaces: createNamespaces(database),
    async ready() {
      await database.query(ANYTHING, {}).catch((error: unknown) => {
        throw failureOf(error);
      });
    },
    async close() {
      await Promise.all([finds.close(), commits.close(), Promise.allSettled(lists), together(async () => undefined)]);
      await database.close();
    },
  };
}
