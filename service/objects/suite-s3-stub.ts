import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, createServer as createTcpServer } from "node:net";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { newObjectName, type ObjectName } from "../domain/object.ts";
import type { Objects } from "../domain/stores.ts";
import { openS3 } from "./s3.ts";
import { S3_LIMITS, type S3Limits } from "./s3-limits.ts";

/** An S3 server that fails in ways no real one can be asked for. Everything that works is tested with MinIO, in s3.test.ts. */

export const never = new AbortController().signal;
export const BODY = Buffer.from("the value");
export const UNAVAILABLE = { fault: { kind: "unavailable" } };
/** The product's time limits where none must be met; small ones of each test's own where one must. */
export const QUICK: S3Limits = {
  ...S3_LIMITS,
  farewellMsMax: 300,
  triesMax: 3,
  pauseMs: 1,
  wholeBytesMax: 1_000,
  partBytesMin: 100_000,
};
export const CREDENTIALS = {
  accessKey: "the-access-key",
  secretKey: "the-secret-key",
  region: "us-east-1",
  bucket: "values",
};

export type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

const opened: { close(): unknown }[] = [];

/** Closes all that `storeWith` and `listen` opened. */
export async function closeAll(): Promise<void> {
  for (const one of opened.splice(0)) await one.close();
}

/** A store whose server leaves what is in `handlers`, one per request, to them, and says 200 to whatever comes after. */
export async function storeWith(
  handlers: Handler[],
  limits: Partial<S3Limits> = {},
): Promise<{ objects: Objects; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer(async (request, response) => {
    if (request.method === "HEAD" && request.url === "/values") {
      response.end();
      return;
    }
    seen.push(`${request.method} ${request.url?.replace(/^\/values\/main.*?(\?|$)/, "$1")}`.trim());
    const handler = handlers.shift();
    if (handler === early || handler === deaf) handler(request, response, BODY);
    else {
      const body = await buffer(request).catch(() => undefined);
      if (body) (handler ?? ok)(request, response, body);
    }
  });
  const objects = await openS3({ ...CREDENTIALS, endpoint: await listen(server) }, { ...QUICK, ...limits });
  opened.push(objects);
  return { objects, seen };
}

export async function listen(server: Server | ReturnType<typeof createTcpServer>): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  opened.push({
    close: () => {
      if ("closeAllConnections" in server) server.closeAllConnections();
      server.close();
    },
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

export const ok: Handler = (request, response) => {
  if (request.method === "GET") response.writeHead(206, { "content-length": BODY.length }).end(BODY);
  else if (request.url?.endsWith("?uploads=")) response.end("<R><UploadId>an id &amp; more</UploadId></R>");
  else response.writeHead(200, { etag: '"tag"' }).end();
};
export const refuse =
  (status: number, code: string): Handler =>
  (_, response) => {
    response.writeHead(status).end(`<Error><Code>${code}</Code><Message>for a test</Message></Error>`);
  };
export const busy = refuse(503, "SlowDown");
export const reset: Handler = (request) => request.socket.resetAndDestroy();
export const silent: Handler = () => undefined;
export const half: Handler = (_, response) => {
  response.writeHead(206, { "content-length": BODY.length }).write(BODY.subarray(0, 4));
};
/** Answers before it has read the body. */
export const early: Handler = (_, response) => refuse(403, "AccessDenied")(_, response, BODY);
/** Reads nothing. */
export const deaf: Handler = (request) => request.pause();

export const fresh = (): ObjectName =>
  newObjectName({ tenant: "main", namespace: "ns", key: "key" } as Parameters<typeof newObjectName>[0]);
export const slice = () => ({ object: fresh(), offset: 0, length: BODY.length });

export async function* flowing(length: number, ms = 0): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < length; at += 50_000) {
    if (ms > 0) await pause(ms);
    yield new Uint8Array(Math.min(50_000, length - at));
  }
}
