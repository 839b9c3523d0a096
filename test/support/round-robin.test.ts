import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, request } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it } from "vitest";
import { startRoundRobin } from "./round-robin.ts";

const closers: (() => Promise<void>)[] = [];
afterAll(() => Promise.all(closers.map((close) => close())));

async function target(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function between(...targets: string[]): Promise<string> {
  const relay = await startRoundRobin(targets);
  closers.push(relay.close);
  return relay.address;
}

it("each request goes to the next, whatever connection it came on, with all that it says", async () => {
  const echo =
    (name: string): RequestListener =>
    async (incoming, response) => {
      let body = "";
      for await (const chunk of incoming) body += chunk;
      response.writeHead(207, { "X-Name": name, "X-Twice": ["a", "b"] });
      response.end(`${incoming.method} ${incoming.url} ${incoming.headers["x-given"]} ${body}`);
    };
  const address = await between(await target(echo("one")), await target(echo("two")));
  for (const name of ["one", "two", "one"]) {
    const answer = await fetch(`${address}/a%2Fb?c=%20`, { method: "PUT", body: "text", headers: { "X-Given": "g" } });
    expect([answer.status, answer.headers.get("x-name"), answer.headers.get("x-twice")]).toEqual([207, name, "a, b"]);
    expect(await answer.text()).toBe("PUT /a%2Fb?c=%20 g text");
  }
});

it("an answer that breaks off breaks off at the caller, and nothing is sent twice", async () => {
  let requests = 0;
  const breaking = await target((incoming, response) => {
    requests++;
    if (incoming.url === "/at-once") return void incoming.socket.destroy();
    response.writeHead(200, { "Content-Length": 10 }).write("half");
    setTimeout(() => response.destroy(), 20);
  });
  const address = await between(breaking);
  await expect(fetch(`${address}/at-once`)).rejects.toThrow();
  const answer = await fetch(`${address}/half`);
  await expect(answer.text()).rejects.toThrow();
  expect(requests).toBe(2);
});

it("both bodies flow: each side hears the other before it has ended", async () => {
  const address = await between(
    await target((request, response) => {
      response.writeHead(200).flushHeaders();
      request.on("data", (chunk) => response.write(chunk)).on("end", () => response.end());
    }),
  );
  const asked = request(address, { method: "POST" });
  asked.flushHeaders();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  for (const text of ["first", "second"]) {
    asked.write(text);
    expect(`${(await once(answer, "data"))[0]}`).toBe(text);
  }
  asked.end();
  await once(answer, "end");
});
