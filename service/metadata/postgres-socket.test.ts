import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { afterEach, beforeEach, expect, it } from "vitest";
import { onlyOnce, openSocket, wasNeverSent } from "./postgres-socket.ts";

let server: Server;
let greet: (client: Socket) => void;
beforeEach(async () => {
  server = createServer((client) => greet(client.on("error", () => undefined)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => void server.close());

const here = () => ({ host: "127.0.0.1", port: (server.address() as AddressInfo).port, path: undefined });
const NOBODY = { host: "127.0.0.1", port: 1, path: undefined };

async function endOf(socket: Duplex): Promise<Error> {
  const closed = once(socket, "close").catch(() => undefined);
  const error = await new Promise<Error>((resolve) => socket.once("error", resolve));
  await closed;
  return error;
}

it("a server that falls silent, before its first word or after, ends the socket, and whether it was asked is known", async () => {
  for (const word of ["", "R"]) {
    greet = (client) => void (word && client.write(word));
    const socket = await openSocket([here()], 5_000, 50);
    socket.resume();
    const error = await endOf(socket);
    expect(error).toMatchObject({ code: "CONNECTION_SILENT" });
    expect(wasNeverSent(error)).toBe(word === "");
  }
});

it("what does not speak as PostgreSQL does is told from a server", async () => {
  greet = (client) => void client.write("HTTP/1.1 400 Bad Request");
  const socket = await openSocket([here()], 5_000, 5_000);
  socket.resume();
  const error = await endOf(socket);
  expect(error).toMatchObject({ code: "NOT_POSTGRES" });
  expect(wasNeverSent(error)).toBe(true);
});

it("a door that is slammed is an error, a goodbye after the first word is none", async () => {
  greet = (client) => void client.end();
  const slammed = await openSocket([here()], 5_000, 5_000);
  slammed.resume();
  expect(await endOf(slammed)).toMatchObject({ code: "CONNECT_CLOSED" });
  greet = (client) => void client.end("R");
  const left = await openSocket([here()], 5_000, 5_000);
  left.resume();
  const [hadError] = await once(left, "close");
  expect(hadError).toBe(false);
});

it("the first server that accepts is taken; when none does, the socket fails in a moment", async () => {
  greet = (client) => void client.write("R");
  const socket = await openSocket([NOBODY, here()], 5_000, 5_000);
  expect(socket).toHaveProperty("remotePort", here().port);
  socket.destroy();
  const nobody = await openSocket([NOBODY, NOBODY], 5_000, 5_000);
  expect(await endOf(nobody)).toMatchObject({ code: "ECONNREFUSED" });
});

it("one that is opened only once is followed by sockets that fail, and the server hears of none", async () => {
  let greeted = 0;
  greet = (client) => {
    greeted++;
    client.write("R");
  };
  const open = onlyOnce(() => openSocket([here()], 5_000, 5_000));
  const first = await open();
  await once(first, "data");
  expect(await endOf(await open())).toMatchObject({ code: "CONNECT_CLOSED" });
  expect(greeted).toBe(1);
  first.destroy();
});
