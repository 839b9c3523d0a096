import { once } from "node:events";
import { Agent, createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface RoundRobin {
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Sends each request to the next of `targets` in turn, as a balancer does that keeps nobody to one replica, and lets both
 * bodies flow. It never sends one twice: a request that breaks off at the replica breaks off at the caller.
 */
export async function startRoundRobin(targets: readonly string[], port = 0): Promise<RoundRobin> {
  const agent = new Agent({ keepAlive: true });
  let turn = 0;
  const server = createServer((incoming, outgoing) => {
    relay(incoming, outgoing, targets[turn++ % targets.length] ?? "", agent);
  });
  // Who hangs up first must not be the one between.
  server.keepAliveTimeout = 75_000;
  server.requestTimeout = 0;
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close();
      server.closeAllConnections();
      agent.destroy();
      await once(server, "close");
    },
  };
}

/** Sends the headers now. flushHeaders() would send them as UTF-8, and their bytes would be others. */
const HEADERS_ALONE = new Uint8Array();

/** Headers of one connection, not of the message (RFC 9110, 7.6.1). */
const OF_THE_CONNECTION = new Set(["connection", "keep-alive", "transfer-encoding"]);

function relay(incoming: IncomingMessage, outgoing: ServerResponse, target: string, agent: Agent): void {
  const { method, url, headers } = incoming;
  const chunked = headers["transfer-encoding"] !== undefined;
  const { hostname, port } = new URL(target);
  const kept = ofTheMessage(incoming.rawHeaders);
  const sent = request({
    hostname,
    port,
    method,
    path: url,
    agent,
    headers: chunked ? [...kept, "Transfer-Encoding", "chunked"] : kept,
    setHost: false,
  });
  sent.on("response", (answer) => {
    outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, ofTheMessage(answer.rawHeaders));
    outgoing.write(HEADERS_ALONE); // a stream of events may begin with silence
    answer.pipe(outgoing);
    answer.once("error", () => outgoing.destroy());
  });
  sent.on("error", () => outgoing.destroy());
  outgoing.once("close", () => sent.destroy());
  incoming.once("error", () => sent.destroy());
  if (!chunked && headers["content-length"] === undefined) return void sent.end();
  sent.write(HEADERS_ALONE); // the first byte may come much later
  incoming.pipe(sent);
}

/** In pairs, as Node has them raw: names as they were spelt, and all of those that stand there twice. */
function ofTheMessage(raw: readonly string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < raw.length; at += 2)
    if (!OF_THE_CONNECTION.has(`${raw[at]}`.toLowerCase())) kept.push(`${raw[at]}`, `${raw[at + 1]}`);
  return kept;
}
