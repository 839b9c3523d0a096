import { sql } from "drizzle-orm";
import type { Place } from "../domain/entry.ts";
import type { Namespaces } from "../domain/namespaces.ts";
import type { Commit, Found, Metadata, Write } from "../domain/stores.ts";
import type { Causes, QueueStats, StoreSizes } from "../domain/telemetry.ts";
import type { WebhookQueue, Webhooks } from "../domain/webhook-store.ts";
import { createBatcher } from "./batching.ts";
import { createBell } from "./bell.ts";
import { createChangeLog } from "./changes.ts";
import { commitAll } from "./commit.ts";
import { commitTogether } from "./commit-together.ts";
import { type Database, failureOf } from "./database.ts";
import { createFinder } from "./find.ts";
import { createHistory } from "./history.ts";
import { inTurn } from "./in-turn.ts";
import { openList } from "./list.ts";
import { createNamespaces } from "./namespaces.ts";
import { createPurge } from "./purge.ts";
import { sizes } from "./sizes.ts";
import { statement } from "./statement.ts";
import { createUpkeep } from "./sweep.ts";
import { createWebhookQueue } from "./webhook-queue.ts";
import { createWebhooks } from "./webhooks.ts";

/** Rows of one statement; more make it slower for the first without making it cheaper for all (measured). */
const BATCH_SIZE_MAX = 128;
/** One that runs and one that is there when it ends: else a database with one session would wait for us between the two. */
const FULL_IN_FLIGHT_MIN = 2;
/**
 * Of writes such a database gets more at once: each statement has a sync of the log, and while the next thousand writes of
 * a request are parsed, it would run out of them (measured). A read waits behind all of these, about 40 ms.
 */
const WRITES_ALONE = { sizeMax: 256, fullInFlightMax: 3 };
/** Requests that may wait for a place in a batch: some seconds of the best rate. */
const WAITING_MAX = 20_000;

const ANYTHING = statement("ready", sql`SELECT 1`);

/** All that this room offers. */
export interface OpenMetadata extends Metadata {
  readonly namespaces: Namespaces;
  readonly webhooks: Webhooks;
  readonly webhookQueue: WebhookQueue;
  /** Bounded in cost, however much there is. Fails with `unavailable`. */
  sizes(): Promise<StoreSizes>;
  queues(): Readonly<Record<"find" | "commit", QueueStats>>;
}

/** The same for both databases: all that differs lies behind `Database`. */
export async function openMetadata(database: Database, causes?: Causes): Promise<OpenMetadata> {
  const { list, count } = await openList(database);
  const bell = createBell(database);
  /** Whatever logs changes tells who watches, also when its answer was lost. */
  const telling =
    <Given extends readonly unknown[], Answer>(work: (...given: Given) => Promise<Answer>) =>
    (...given: Given): Promise<Answer> =>
      work(...given).finally(bell.ring);
  const [namespaces, finder] = [createNamespaces(database), createFinder(database)];
  const limits = {
    sizeMax: BATCH_SIZE_MAX,
    // One is under way while the answers of another go out, on the same connection. A third gains nothing (measured).
    inFlightMax: database.parallel,
    fullInFlightMax: Math.max(database.parallel, FULL_IN_FLIGHT_MIN),
    waitingMax: WAITING_MAX,
    waitingMsMax: database.msMax,
    causes,
  };
  const finds = createBatcher<Place, Found | undefined>({ ...limits, nameOf: undefined, run: finder.all });
  const commits = createBatcher<Write, Commit>({
    ...limits,
    ...(database.alone && WRITES_ALONE),
    nameOf: ({ at }) => `${at.tenant}/${at.namespace}/${at.key}`,
    run: telling((jobs) => commitAll(database, jobs)),
  });
  const lists = new Set<Promise<unknown>>();
  const awaited = <T>(answer: Promise<T>): Promise<T> => {
    lists.add(answer);
    return answer.finally(() => lists.delete(answer));
  };
  // One at a time: a long one holds many locks, and two would mostly wait for each other.
  const together = inTurn(1);
  return {
    find: (at) => found(finder.known(at)) ?? finds.add(at),
    commit: (write) => commits.add(write),
    commitAll: telling((writes) => together(() => commitTogether(database, writes))),
    list: (query) => awaited(list(query)),
    count: (wanted) => awaited(count(wanted)),
    history: createHistory(database),
    upkeep: createUpkeep(database),
    changes: createChangeLog(database, bell.hear),
    purge: telling(createPurge(database)),
    namespaces: { ...namespaces, removeStep: telling(namespaces.removeStep) },
    webhooks: createWebhooks(database),
    webhookQueue: createWebhookQueue(database),
    sizes: () => sizes(database),
    queues: () => ({ find: finds.stats(), commit: commits.stats() }),
    async ready() {
      await database.query(ANYTHING, {}).catch((error: unknown) => {
        throw failureOf(error);
      });
    },
    async close() {
      await Promise.all([finds.close(), commits.close(), Promise.allSettled(lists), together(async () => undefined)]);
      await bell.close();
      await database.close();
    },
  };
}

/** No async function: it would cost a look-up in memory as much again. */
const found = (known: Found | undefined): Promise<Found> | undefined => known && Promise.resolve(known);
