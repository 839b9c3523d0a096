import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, expect, it, vi } from "vitest";
import { exchangeClasses, type Watched } from "./exchanges.ts";

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serving(listener: RequestListener) {
  const ended: Watched[] = [];
  const began = vi.fn();
  const server = createServer(exchangeClasses({ began, ended: (exchange) => void ended.push(exchange) }), listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  const { port } = server.address() as AddressInfo;
  return { address: `http://127.0.0.1:${port}`, port, began, ended };
}

it("counts the bytes of both bodies, however they are sent", async () => {
  const { address, began, ended } = await serving(async (request, response) => {
    for await (const _ of request);
    response.write("é");
    response.write(Buffer.alloc(100));
    response.end("ab");
  });
  await (await fetch(address, { method: "PUT", body: "x".repeat(70_000) })).text();
  await vi.waitFor(() => expect(ended).toHaveLength(1));
  expect(began).toHaveBeenCalledTimes(1);
  expect(ended[0]).toMatchObject({ bytes: 104, statusCode: 200, writableFinished: true });
  expect(ended[0]?.req.bytes).toBe(70_000);
});

it("each request of a connection is an exchange of its own", async () => {
  const { address, ended } = await serving((_, response) => void response.end("abc"));
  for (let n = 0; n < 3; n++) await (await fetch(address)).text();
  await vi.waitFor(() => expect(ended.map(({ bytes }) => bytes)).toEqual([3, 3, 3]));
});

it("ends once, unfinished, when the caller goes away in the middle of the answer", async () => {
  const { port, ended } = await serving((_, response) => void response.write("the beginning"));
  const caller = connect(port, "127.0.0.1");
  caller.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  await once(caller, "data");
  caller.destroy();
  await vi.waitFor(() => expect(ended).toHaveLength(1));
  expect(ended[0]).toMatchObject({ writableFinished: false, bytes: 13 });
});
