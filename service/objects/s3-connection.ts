import http, { type ClientRequest, type IncomingMessage, type RequestOptions } from "node:http";
import https from "node:https";
import type { S3Limits } from "./s3-limits.ts";

/** Idle connections kept for the next request. */
const CONNECTIONS_IDLE_MAX = 64;
/** Bytes kept of an answer to an upload: a few hundred are usual, and a proxy's page must not fill the memory. */
const ANSWER_BYTES_MAX = 64 * 1_024;

/** Where the S3 server listens. */
export class S3Connection {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** The `Host` header: with the port, unless it is the protocol's own. */
  readonly host: string;
  readonly agent: http.Agent;
  readonly limits: S3Limits;

  constructor(endpoint: URL, limits: S3Limits) {
    this.secure = endpoint.protocol === "https:";
    this.hostname = endpoint.hostname.replace(/^\[(.*)\]$/, "$1");
    this.port = Number(endpoint.port) || (this.secure ? 443 : 80);
    this.host = endpoint.host;
    const kept = { keepAlive: true, maxFreeSockets: CONNECTIONS_IDLE_MAX };
    this.agent = this.secure ? new https.Agent(kept) : new http.Agent(kept);
    this.limits = limits;
  }

  /** A request that gives up when no connection stands in time. `agent: false` takes a connection of its own. */
  request(options: RequestOptions, onResponse?: (response: IncomingMessage) => void): ClientRequest {
    const { hostname, port, agent } = this;
    const request = (this.secure ? https : http).request({ hostname, port, agent, ...options }, onResponse);
    request.once("socket", (socket) => {
      if (!socket.connecting) return;
      const ms = this.limits.connectMsMax;
      const timer = setTimeout(() => request.destroy(connectTimeout(ms)), ms);
      const done = () => clearTimeout(timer);
      socket.once(this.secure ? "secureConnect" : "connect", done);
      socket.once("close", done);
    });
    return request;
  }

  close(): void {
    this.agent.destroy();
  }
}

/** Counts as a broken connection, which is retried; hence the code. */
const connectTimeout = (ms: number): Error =>
  Object.assign(new Error(`No connection to the S3 server within ${ms} ms.`), { code: "ETIMEDOUT" });

/** The body of a short answer as text. */
export async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let count = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    count += chunk.byteLength;
    if (count > ANSWER_BYTES_MAX)
      throw new Error(`S3 answered ${response.statusCode} with more than ${ANSWER_BYTES_MAX} bytes.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

export function requestIdOf(response: IncomingMessage): string | undefined {
  const id = response.headers["x-amz-request-id"];
  return Array.isArray(id) ? id[0] : id;
}
