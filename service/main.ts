import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import pino, { type Logger } from "pino";
import type { Config } from "./config.ts";
import { openDigester } from "./domain/digest.ts";
import { SWEEP_RULES, sweep } from "./domain/sweep.ts";
import { createApp } from "./http/app.ts";
import { withCache } from "./objects/cache.ts";
import { type Assets, openStores } from "./open-stores.ts";
import { startSweeper } from "./sweeper.ts";

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
  const { metadata, objects, close: closeStores } = await openStores(config, assets);
  try {
    const cached = withCache(objects, { bytesMax: CACHE_BYTES_MAX, valueBytesMax: CACHE_VALUE_BYTES_MAX });
    const digester = await openDigester(cached, AbortSignal.timeout(config.drainMsMax));
    let draining = false;
    const joined = { metadata, objects: cached, digester, namespaces: metadata.namespaces };
    const app = createApp(joined, { draining: () => draining }, log);
    const server = await listen(app.fetch, config);
    const sweeper = startSweeper((signal) => sweep(joined, SWEEP_RULES, signal), config.sweepMs, log);
    log.info({ address: addressOf(server, config.host) }, "listening");
    return {
      address: addressOf(server, config.host),
      async drain() {
        draining = true;
        await Promise.all([closeServer(server, config.drainMsMax, log), sweeper.stop()]);
        await closeStores();
        log.info({}, "stopped");
      },
    };
  } catch (error) {
    await closeStores();
    throw error;
  }
}

function listen(fetch: (request: Request) => Response | Promise<Response>, { host, port }: Config): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch, hostname: host, port }, () => resolve(server)) as Server;
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
    server.close(() => {
      clearTimeout(impatience);
      resolve();
    });
    server.closeIdleConnections();
  });
}
