import http, { type IncomingMessage, type Server } from "node:http";
import { buffer } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { Hono } from "hono";
import { afterEach, expect, it } from "vitest";
import { Failure } from "../domain/fault.ts";
import type { Exchange } from "../domain/telemetry.ts";
import { listen } from "../listen.ts";
import type { Env } from "./env.ts";
import { flowingAnswer } from "./flowing-answer.ts";

const CHUNK = Buffer.alloc(65_536, "v");

let server: Server | undefined;
/** What the server's record of the exchange says of the last answer. */
let exchange: Exchange | undefined;
afterEach(() => server?.close().closeAllConnections());

/** The answer to a request to a server that answers everything with these bytes, of `length`. */
async function answered(
  source: (signal: AbortSignal) => AsyncIterable<Uint8Array>,
  length: number,
  frame?: Parameters<typeof flowingAnswer>[3],
): Promise<IncomingMessage> {
  const app = new Hono<Env>().get("/", (c) => {
    c.set("requestId", "the-id");
    exchange = c.env.outgoing;
    return flowingAnswer(c, source(c.req.raw.signal), { headers: { "Content-Length": `${length}` } }, frame);
  });
  server = await listen(app.fetch, { host: "127.0.0.1", port: 0 }, {});
  const { port } = server.address() as { port: number };
  // With `Connection: close` the end of any answer would look like the end of the connection.
  const agent = new http.Agent({ keepAlive: true });
  return new Promise((resolve, reject) => http.get({ port, agent }, resolve).once("error", reject));
}

it("sends the bytes inside their frame, with the request's id", async () => {
  async function* source() {
    yield Buffer.from("a");
    yield Buffer.from("b");
  }
  const answer = await answered(source, 4, { start: "<", end: ">" });
  expect(answer.headers).toMatchObject({ "content-length": "4", "x-request-id": "the-id" });
  expect((await buffer(answer)).toString()).toBe("<ab>");
});

it.each([
  { error: new Error("broken on purpose"), fault: "Error" },
  { error: new Failure({ kind: "unavailable", reason: "The store is away." }), fault: "unavailable" },
])(
  "breaks the connection off when the source fails on the way, so that the answer does not look whole: $fault",
  async ({ error, fault }) => {
    async function* source() {
      yield CHUNK;
      throw error;
    }
    const answer = await answered(source, 2 * CHUNK.length, { start: "<", end: ">" });
    await expect(buffer(answer)).rejects.toThrow("aborted");
    expect(exchange?.fault).toBe(fault); // for the log
  },
);

it("asks for no more than the caller takes, and lets go of the source when the caller leaves", async () => {
  let taken = 0;
  let isLeft = false;
  let within: AbortSignal | undefined;
  async function* source(signal: AbortSignal) {
    within = signal;
    try {
      for (; taken < 10_000; taken++) yield CHUNK;
    } finally {
      isLeft = true;
    }
  }
  const answer = await answered(source, 10_000 * CHUNK.length);
  const standsStill = async () => {
    const before = taken;
    await pause(100);
    return taken === before;
  };
  // What the sockets hold is the system's choice.
  await expect.poll(standsStill).toBe(true);
  expect(taken).toBeLessThan(1_000);
  answer.destroy();
  await expect.poll(() => isLeft && within?.aborted).toBe(true);
  expect(exchange?.fault).toBeUndefined(); // it is the caller's own doing
});
