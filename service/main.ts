import type { Server, ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { serve } from "@hono/node-server";
import pino, { type Logger } from "pino";
import type { Config } from "./config.ts";
import { openDigester } from "./domain/digest.ts";
import type { Metadata, Objects } from "./domain/stores.ts";
import { SWEEP_RULES, sweep } from "./domain/sweep.ts";
import { createApp } from "./http/app.ts";
import { openPglite } from "./metadata/pglite.ts";
import { openPostgres } from "./metadata/postgres.ts";
import { withCache } from "./objects/cache.ts";
import { openFilesystem } from "./objects/filesystem.ts";
import { observed } from "./objects/observed.ts";
import { openS3 } from "./objects/s3.ts";
import { startSweeper } from "./sweeper.ts";
import { cacheFigures, queueFigures, sizeFigures, sweepFigures } from "./telemetry/store-figures.ts";
import { openTelemetry, type Telemetry } from "./telemetry/telemetry.ts";

/** Files beside the program that the rooms load by address. */
export interface Assets {
  readonly migrations: URL;
  readonly pgliteWorker: URL;
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

/** Opens both stores, joins the rooms and listens. Fails when a store does not answer or the port is taken. */
export async function startService(config: Config, assets: Assets): Promise<Service> {
  const log = pino({ level: config.logLevel, base: null }, pino.destination({ fd: 2, sync: false }));
  const telemetry = await openTelemetry({ traces: config.traces, version: assets.version, log });
  const { metadata, objects } = await openStores(config, assets, telemetry);
  const closeStores = async () => void (await Promise.all([metadata.close(), objects.close()]));
  try {
    const cached = withCache(objects, { bytesMax: CACHE_BYTES_MAX, valueBytesMax: CACHE_VALUE_BYTES_MAX });
    const digester = await openDigester(cached, AbortSignal.timeout(config.drainMsMax));
    let draining = false;
    const joined = { metadata, objects: cached, digester, namespaces: metadata.namespaces };
    const { metrics, tracer } = telemetry;
    const app = createApp(joined, { draining: () => draining, docs: assets.docs, metrics, tracer }, log);
    const server = await listen(app.fetch, config, telemetry.server);
    const sweeper = startSweeper((signal) => sweep(joined, SWEEP_RULES, signal), config.sweepMs, log);
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
        await Promise.all([closeServer(server, config.drainMsMax, log), sweeper.stop()]);
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

/** The database first: its lock keeps a second process from the folder of objects as well. */
async function openStores({ stores }: Config, { migrations, pgliteWorker }: Assets, telemetry: Telemetry) {
  const observers = { calls: telemetry.database, causes: telemetry.tracer };
  if (stores.kind === "embedded") {
    const folder = join(stores.folder, "metadata");
    const metadata = await openPglite({ folder, migrations, workerUrl: pgliteWorker, ...observers });
    return opened(metadata, telemetry, () => openFilesystem({ folder: join(stores.folder, "objects") }));
  }
  const metadata = await openPostgres({ url: stores.databaseUrl, migrations, ...observers });
  return opened(metadata, telemetry, () => openS3(stores.s3));
}

async function opened<M extends Metadata>(metadata: M, telemetry: Telemetry, openObjects: () => Promise<Objects>) {
  try {
    return { metadata, objects: observed(await openObjects(), telemetry.objects) };
  } catch (error) {
    await metadata.close();
    throw error;
  }
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

function closeServer(server: Server, msMax: number, log: Logger): Promise<void> {
  return new Promise((resolve) => {
    const impatience = setTimeout(() => {
      log.warn({}, "some requests took too long to wait for and were cut off");
      server.closeAllConnections();
    }, msMax);
    // A connection on which the last request has just ended is idle, and its caller would keep it for another.
    const idle = setInterval(() => server.closeIdleConnections(), IDLE_LOOK_MS);
    server.close(() => {
      clearInterval(idle);
      clearTimeout(impatience);
      resolve();
    });
    server.closeIdleConnections();
  });
}

/** Between two looks for connections that have become idle while the service stops. */
const IDLE_LOOK_MS = 100;
