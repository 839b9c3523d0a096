import pino, { type Logger } from "pino";
import { closerOf } from "./closer.ts";
import type { Config } from "./config.ts";
import { openDigester } from "./domain/digest.ts";
import { Failure } from "./domain/fault.ts";
import { HELD_LEASE_MS } from "./domain/lease.ts";
import { createSharedObjects } from "./domain/shared-objects.ts";
import { SWEEP_RULES, sweep } from "./domain/sweep.ts";
import type { Causes } from "./domain/telemetry.ts";
import { createApp } from "./http/app.ts";
import { addressOf, listen } from "./listen.ts";
import { withCache } from "./objects/cache.ts";
import { type OpenedStores, openStores, type StoreAssets } from "./open-stores.ts";
import { startSweeper } from "./sweeper.ts";
import { watchFigures, webhookFigures } from "./telemetry/change-figures.ts";
import type { Figure } from "./telemetry/figure.ts";
import { cacheFigures, queueFigures, sizeFigures, sweepFigures } from "./telemetry/store-figures.ts";
import { openTelemetry } from "./telemetry/telemetry.ts";
import { createWatches } from "./watch/watches.ts";
import { startDispatcher } from "./webhooks/dispatcher.ts";

/** Files beside the program that the rooms load by address. */
export interface Assets extends StoreAssets {
  /** The folder of the page at `/docs`. */
  readonly docs: URL;
  readonly version: string;
}

export interface Service {
  /** Such as `http://127.0.0.1:8080`, with the port that was really taken. */
  readonly address: string;
  /** Lets requests that are under way end, then closes the stores. */
  drain(): Promise<void>;
}

/** Bytes of memory for values that were read or written lately, and the largest value that is kept there. */
const CACHE_BYTES_MAX = 64 * 1_024 * 1_024;
const CACHE_VALUE_BYTES_MAX = 16 * 1_024;

/** Between two looks for changes that a webhook is to be told of. */
const WEBHOOK_POLL_MS = 1_000;

/**
 * Opens both stores, joins the rooms and listens. Fails when a store does not answer or the port is taken, with a text
 * that says what to do.
 */
export async function startService(config: Config, assets: Assets): Promise<Service> {
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ fd: 2, sync: false }));
  const telemetry = await openTelemetry({ traces: config.traces, version: assets.version, log });
  const opened = await openStores(config, assets, { telemetry }).catch(toldToOperator);
  try {
    const { metrics, tracer } = telemetry;
    const rooms = await joinRooms(config, opened, tracer, log);
    let draining = false;
    const fetch = createApp(rooms, { draining: () => draining, docs: assets.docs, metrics, tracer }, log);
    const server = await listen(fetch, config, telemetry.server);
    const close = closerOf(server);
    const work = startWork(config, opened, rooms, log);
    metrics.add(...figuresOf(opened, rooms, work));
    log.info({ address: addressOf(server, config.host) }, "listening");
    return {
      address: addressOf(server, config.host),
      async drain() {
        draining = true;
        rooms.watches.close(); // streams would keep the server from closing; their readers resume elsewhere
        await Promise.all([close(config.drainMsMax, log), work.sweeper.stop(), work.dispatcher.stop()]);
        await opened.close();
        await telemetry.stop();
        log.info({}, "stopped");
      },
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** What requests work on. */
async function joinRooms(
  { valueBytesMax, drainMsMax }: Config,
  { metadata, objects }: OpenedStores,
  causes: Causes | undefined,
  log: Logger,
) {
  const cached = withCache(objects, { bytesMax: CACHE_BYTES_MAX, valueBytesMax: CACHE_VALUE_BYTES_MAX });
  // A replica that died while it made the digest's key holds its lease a while longer.
  const patience = AbortSignal.timeout(drainMsMax + HELD_LEASE_MS);
  const digester = await openDigester(cached, metadata.upkeep, patience).catch(unusable);
  return {
    valueBytesMax,
    metadata,
    objects: cached,
    digester,
    shared: createSharedObjects(cached, digester, causes),
    namespaces: metadata.namespaces,
    watches: createWatches(metadata.changes, (err) => log.warn({ err }, "the change log cannot be read")),
    webhooks: metadata.webhooks,
  };
}

type Joined = Awaited<ReturnType<typeof joinRooms>>;

/** What goes on without a request. */
function startWork(config: Config, { metadata }: OpenedStores, rooms: Joined, log: Logger) {
  const rules = { ...SWEEP_RULES, changesMs: config.changesMs };
  return {
    sweeper: startSweeper((signal) => sweep(rooms, rules, signal), config.sweepMs, log),
    dispatcher: startDispatcher(
      { queue: metadata.webhookQueue, log: metadata.changes, digester: rooms.digester },
      { pollMs: WEBHOOK_POLL_MS, retrySeconds: config.webhookRetrySeconds },
      log,
    ),
  };
}

function figuresOf({ metadata }: OpenedStores, rooms: Joined, work: ReturnType<typeof startWork>): readonly Figure[] {
  const { sweeper, dispatcher } = work;
  const { changes, webhookQueue } = metadata;
  return [
    ...queueFigures(() => metadata.queues()),
    ...cacheFigures(() => rooms.objects.counters()),
    ...sizeFigures(() => metadata.sizes()),
    ...sweepFigures(() => sweeper.stats()),
    ...watchFigures(
      () => rooms.watches.count(),
      () => changes.lag(),
    ),
    ...webhookFigures(
      () => dispatcher.counts(),
      () => webhookQueue.backlog(),
    ),
  ];
}

/** What callers would read of it; its cause, which they would not, is told along. */
function toldToOperator(error: unknown): never {
  if (error instanceof Failure && error.fault.kind === "unavailable")
    throw new Error(error.fault.reason, { cause: error.cause });
  throw error;
}

/** The first object that is read or written, after the store was found. */
function unusable(error: unknown): never {
  if (!(error instanceof Failure)) throw error;
  const told =
    "The object store was found, and its objects cannot be read and written. Check that the access key or the user may list, read, write and delete them, and that there is room.";
  throw new Error(told, { cause: error.cause });
}
