import { once } from "node:events";
import { createServer, get, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { expect, it, vi } from "vitest";
import { closerOf } from "./closer.ts";

const LONG_MS = 60_000;

async function listening(answer: (end: () => void) => void): Promise<{ server: Server; port: number }> {
  const server = createServer((_, response) => answer(() => response.end("done")));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { server, port: (server.address() as AddressInfo).port };
}

async function unusedConnection(port: number): Promise<Socket> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  return socket.on("error", () => undefined);
}

it("closes connections that never sent a request", async () => {
  const { server, port } = await listening((end) => end());
  const close = closerOf(server);
  const accepted = once(server, "connection");
  await unusedConnection(port);
  await accepted;
  const log = { warn: vi.fn() };
  await close(LONG_MS, log);
  expect(log.warn).not.toHaveBeenCalled();
});

it("lets a request end, and then closes its connection, which would be kept alive", async () => {
  let finish: () => void = () => undefined;
  const { server, port } = await listening((end) => {
    finish = end;
  });
  const close = closerOf(server);
  const asked = once(server, "request");
  const answered = once(get({ port, headers: { Connection: "keep-alive" } }), "response");
  await asked;
  let isClosed = false;
  const closed = close(LONG_MS, { warn: vi.fn() }).then(() => {
    isClosed = true;
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(isClosed).toBe(false);
  finish();
  const [response] = (await answered) as [NodeJS.ReadableStream];
  expect(await (response as import("node:stream").Readable).setEncoding("utf8").toArray()).toEqual(["done"]);
  await closed;
});

it("cuts off what takes too long, and says so", async () => {
  const { server, port } = await listening(() => undefined);
  const close = closerOf(server);
  const asked = once(server, "request");
  const failed = once(get({ port }), "error");
  await asked;
  const log = { warn: vi.fn() };
  await close(1, log);
  await failed;
  expect(log.warn).toHaveBeenCalledOnce();
});
