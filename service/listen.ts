import type { Server, ServerOptions } from "node:http";
import type { AddressInfo } from "node:net";
import { serve } from "@hono/node-server";
import type { Config } from "./config.ts";

type ServerFetch = Parameters<typeof serve>[0]["fetch"];
/** Given the request and the server's own objects for it, of the classes that `serverOptions` names. */
type Fetch = (request: Request, env: never) => Response | Promise<Response>;

/** Fails when the port is taken. */
export function listen(
  fetch: Fetch,
  { host, port }: Pick<Config, "host" | "port">,
  serverOptions: ServerOptions,
): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: fetch as ServerFetch, hostname: host, port, serverOptions }, () =>
      resolve(server),
    ) as Server;
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

/** Such as `http://127.0.0.1:8080`, with the port that was really taken. */
export const addressOf = (server: Server, host: string): string =>
  `http://${host.includes(":") ? `[${host}]` : host}:${(server.address() as AddressInfo).port}`;
