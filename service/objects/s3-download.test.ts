import { createServer, type Socket } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import type { Objects } from "../domain/stores.ts";
import { openS3 } from "./s3.ts";
import { concat, digestOf, MIB, pattern, sha256 } from "./suite-bytes.ts";
import {
  BODY,
  busy,
  CREDENTIALS,
  closeAll,
  fresh,
  type Handler,
  half,
  listen,
  ok,
  QUICK,
  reset,
  silent,
  slice,
  storeWith,
  UNAVAILABLE,
} from "./suite-s3-stub.ts";

afterEach(closeAll);

const LENT = { lentBytesMin: 1 };
const lend = async (objects: Objects, asked = slice(), signal = new AbortController().signal) =>
  objects.lend(asked, signal);

/** A store whose server answers the head of its connections, one after the other, with these bytes. */
async function storeOn(answers: readonly ((socket: Socket) => void)[]): Promise<Objects> {
  const left = [...answers];
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", (request: Buffer) => {
      if (request.toString().startsWith("HEAD")) socket.end("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
      else left.shift()?.(socket);
    });
  });
  return openS3({ ...CREDENTIALS, endpoint: await listen(server) }, { ...QUICK, ...LENT });
}

const whole = `HTTP/1.1 206 Partial Content\r\nContent-Length: ${BODY.length}\r\nConnection: close\r\n\r\n${BODY}`;

it("asks once, with a signature, for exactly the slice", async () => {
  let asked: unknown;
  const look: Handler = (request, response) => {
    const { range, authorization, connection } = request.headers;
    asked = { method: request.method, range, signed: authorization?.includes("range;x-amz"), connection };
    ok(request, response, BODY);
  };
  const { objects, seen } = await storeWith([look], LENT);
  expect((await concat(await lend(objects, { ...slice(), offset: 5 }))).toString()).toBe(`${BODY}`);
  expect(asked).toEqual({ method: "GET", range: `bytes=5-${4 + BODY.length}`, signed: true, connection: "close" });
  expect(seen).toHaveLength(1);
});

it("takes an answer in pieces of a byte, its head as well", async () => {
  const objects = await storeOn([
    async (socket) => {
      socket.setNoDelay(true);
      for (const byte of whole) {
        socket.write(byte);
        await pause(0);
      }
      socket.end();
    },
  ]);
  expect(await digestOf(await lend(objects))).toBe(sha256(BODY));
});

it("keeps a chunk as it is until the next one is asked for, and takes no more than it needs meanwhile", async () => {
  const bytes = pattern(20 * MIB);
  let sent = 0;
  const large: Handler = async (_, response) => {
    response.writeHead(206, { "content-length": bytes.length });
    for (; sent < bytes.length; sent += MIB)
      if (!response.write(bytes.subarray(sent, sent + MIB))) await new Promise((go) => response.once("drain", go));
    response.end();
  };
  const { objects } = await storeWith([large], { ...LENT, stallMsMax: 300 });
  const chunks = await lend(objects, { ...slice(), length: bytes.length });
  let at = 0;
  for await (const chunk of chunks ?? []) {
    // The time limit is the server's, and does not count while it is the reader who waits.
    if (at === 0) await pause(600);
    if (at === 0) expect(sent).toBeLessThan(bytes.length);
    expect(bytes.compare(chunk, 0, chunk.length, at, at + chunk.length)).toBe(0);
    at += chunk.length;
  }
  expect(at).toBe(bytes.length);
});

describe("leaves to the usual way, which asks again,", () => {
  const unframed: Handler = (_, response) => response.writeHead(206).end(BODY);
  it.each<[string, readonly Handler[], number]>([
    ["a connection that broke", [reset, reset, ok], 3],
    ["a busy server", [busy, busy, ok], 3],
    ["an answer without a length", [unframed, unframed], 2],
  ])("%s", async (_, handlers, requests) => {
    const { objects, seen } = await storeWith([...handlers], LENT);
    expect((await concat(await lend(objects))).toString()).toBe(`${BODY}`);
    expect(seen).toHaveLength(requests);
  });

  it("an answer that is framed in two ways", async () => {
    const twice = whole
      .replace("Connection", "Transfer-Encoding: chunked\r\nConnection")
      .replace(`${BODY}`, "1\r\nt\r\n");
    const objects = await storeOn([(socket) => socket.end(twice), (socket) => socket.end(whole)]);
    expect((await concat(await lend(objects))).toString()).toBe(`${BODY}`);
  });

  it("a head without an end", async () => {
    const endless = (socket: Socket) => {
      const more = () => {
        while (socket.write("X-More: and more\r\n".repeat(100)));
      };
      socket.write("HTTP/1.1 206 Partial Content\r\n");
      socket.on("drain", more);
      more();
    };
    const objects = await storeOn([endless, (socket) => socket.end(whole)]);
    expect((await concat(await lend(objects))).toString()).toBe(`${BODY}`);
  });
});

describe("fails", () => {
  it("with unavailable when no answer comes in time", async () => {
    const { objects } = await storeWith([silent], { ...LENT, requestMsMax: 500 });
    await expect(lend(objects)).rejects.toMatchObject({ ...UNAVAILABLE, cause: { name: "S3Stall" } });
  });

  it("with unavailable when the answer stops half-way", async () => {
    const { objects } = await storeWith([half], { ...LENT, stallMsMax: 500 });
    const chunks = await lend(objects);
    await expect(concat(chunks)).rejects.toMatchObject(UNAVAILABLE);
  });

  it.each([
    ["ends", (socket: Socket) => socket.end(whole.slice(0, -3))],
    [
      "is reset",
      async (socket: Socket) => {
        socket.write(whole.slice(0, -3));
        await pause(50);
        socket.resetAndDestroy();
      },
    ],
  ])("with unavailable when the connection %s half-way", async (_, answer) => {
    const chunks = await lend(await storeOn([answer]));
    await expect(concat(chunks)).rejects.toMatchObject(UNAVAILABLE);
  });

  it("when more comes than was announced", async () => {
    const chunks = await lend(await storeOn([(socket) => socket.end(`${whole}more`)]));
    await expect(concat(chunks)).rejects.toMatchObject({ name: "ObjectDamaged" });
  });

  it("with the reason of a signal that aborts before the answer", async () => {
    const abort = new AbortController();
    const reason = new Error("went away");
    const leave: Handler = () => abort.abort(reason);
    const { objects, seen } = await storeWith([leave], LENT);
    await expect(lend(objects, slice(), abort.signal)).rejects.toBe(reason);
    expect(seen).toHaveLength(1);
  });

  it("as the usual way does when there is no such object", async () => {
    const missing: Handler = (_, response) =>
      response.writeHead(404).end("<Error><Code>NoSuchKey</Code><Message>for a test</Message></Error>");
    const { objects } = await storeWith([missing, missing], LENT);
    expect(await lend(objects)).toBeUndefined();
  });
});

it("lends sixteen at once, takes the usual way for more, and lends again when a reader is done", async () => {
  const connections: unknown[] = [];
  const look: Handler = (request, response) => {
    connections.push(request.headers.connection);
    ok(request, response, BODY);
  };
  const { objects } = await storeWith(
    Array.from({ length: 20 }, () => look),
    LENT,
  );
  const chunks: (AsyncIterable<Uint8Array> | undefined)[] = [];
  while (chunks.length < 17) chunks.push(await lend(objects));
  expect(connections).toEqual([...Array(16).fill("close"), "keep-alive"]);
  for (const one of chunks) await concat(one);
  await pause(0); // a stream closes in a turn of its own
  await concat(await lend(objects));
  expect(connections.at(-1)).toBe("close");
});

it("a slice below the bound, and an empty one, take a connection that is kept", async () => {
  const { objects, seen } = await storeWith([], { lentBytesMin: BODY.length + 1 });
  expect((await concat(await lend(objects))).toString()).toBe(`${BODY}`);
  expect(await concat(await lend(objects, { object: fresh(), offset: 0, length: 0 }))).toHaveLength(0);
  expect(seen).toHaveLength(2);
});
