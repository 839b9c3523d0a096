import type { Server, ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import pino from "pino";
import { closerOf } from "./closer.ts";
import type { Config } from "./config.ts";
import { openDigester } from "./domain/digest.ts";
import { Failure } from "./domain/fault.ts";
import { createSharedObjects } from "./domain/shared-objects.ts";
import { SWEEP_RULES, sweep } from "./domain/sweep.ts";
import { createApp } from "./http/app.ts";
import { withCache } from "./objects/cache.ts";
import { openStores, type StoreAssets } from "./open-stores.ts";
import { startSweeper } from "./sweeper.ts";
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
  const { metadata, objects, close: closeStores } = opened;
  try {
    const cached = withCache(objects, { bytesMax: CACHE_BYTES_MAX, valueBytesMax: CACHE_VALUE_BYTES_MAX });
    const digester = await openDigester(cached, AbortSignal.timeout(config.drainMsMax)).catch(unusable);
    let draining = false;
    const watches = createWatches(metadata.changes, (err) => log.warn({ err }, "the change log cannot be read"));
    const joined = {
      valueBytesMax: config.valueBytesMax,
      metadata,
      objects: cached,
      digester,
      shared: createSharedObjects(cached, digester),
      namespaces: metadata.namespaces,
      watches,
      webhooks: metadata.webhooks,
    };
    const { metrics, tracer } = telemetry;
    const app = createApp(joined, { draining: () => draining, docs: assets.docs, metrics, tracer }, log);
    const server = await listen(app.fetch, config, telemetry.server);
    const close = closerOf(server);
    const rules = { ...SWEEP_RULES, changesMs: config.changesMs };
    const sweeper = startSweeper((signal) => sweep(joined, rules, signal), config.sweepMs, log);
    const dispatcher = startDispatcher(
      { queue: metadata.webhookQueue, log: metadata.changes, digester },
      { pollMs: WEBHOOK_POLL_MS, retrySeconds: config.webhookRetrySeconds },
      log,
    );
    metrics.add(
      ...queueFigures(() => metadata.queues()),
      ...cacheFigures(() => cached.counters()),
      ...sizeFigures(() => metadata.sizes()),
      ...sweepFigures(() => sweeper.stats()),
    );
    log.info({ address: addressOf(server, config.host) }, "listening");
    return {
      address: addressOf(server, config.host),
      async drain() {
        draining = true;
        watches.close(); // streams would keep the server from closing; their readers resume elsewhere
        await Promise.all([close(config.drainMsMax, log), sweeper.stop(), dispatcher.stop()]);
        await closeStores();
        await telemetry.stop();
        log.info({}, "stopped");
      },
    };
  } catch (error) {
    await closeStores();
    throw error;
  }
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

type Fetch = ReturnType<typeof createApp>["fetch"];

function listen(fetch: Fetch, { host, port }: Config, serverOptions: ServerOptions): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port, serverOptions }, () => resolve(server)) as Server;
    server.once("error", reject);
    server.requestTimeout = 0; // a value of any size may take its time; a connection that stands still is closed below
    server.timeout = IDLE_MS_MAX;
    server.keepAliveTimeout = KEEP_ALIVE_MS;
  });
}

/** A connection on which no byte moves for this long is given up. */
const IDLE_MS_MAX = 120_000;

/** Longer than the pauses of clients and balancers that reuse connections: who hangs up first must not be us. */
const KEEP_ALIVE_MS = 75_000;

const addressOf = (server: Server, host: string): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
