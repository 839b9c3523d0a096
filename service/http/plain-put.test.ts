import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { SmallValue } from "../domain/shared-objects.ts";
import type { Stores } from "../domain/writes.ts";
import type { Env } from "./env.ts";
import { plainRequests } from "./plain.ts";

/** Stores that tell in their entry's description what was put. */
const stores = {
  shared: {
    place: async ({ at, bytes }: SmallValue) => ({ value: { at, bytes }, decided: async () => undefined }),
  },
  metadata: {
    commit: async ({ at, value }: { at: object; value: SmallValue }) => ({
      certain: true,
      verdict: { kind: "written", entry: { ...at, slice: {}, digest: {}, description: `${value.bytes}` } },
    }),
  },
  objects: { uriOf: () => "file:x" },
} as unknown as Stores;

const fetch = plainRequests({
  stores,
  rest: async (request) => Response.json({ rest: await request.text() }),
  routes: [],
  requestIdOf: () => "new",
  refused: (error) => Response.json({ refused: `${error}` }),
});
const server = createServer(getRequestListener((request, env) => fetch(request, env as unknown as Env["Bindings"])));

beforeAll(() => once(server.listen(0, "127.0.0.1"), "listening"));
afterAll(() => void server.close());

const VALUE = JSON.stringify("of some length");
const HEAD = `PUT /api/v1/main/namespaces/company/kv/key HTTP/1.1
Host: localhost
Connection: close
Content-Length: ${VALUE.length}

`.replaceAll("\n", "\r\n");

/** What is answered to a request whose pieces arrive one after the other. */
async function answerTo(...pieces: readonly string[]): Promise<unknown> {
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1").setNoDelay();
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) await once(server, "request").then(() => new Promise(setImmediate));
    socket.write(piece);
  }
  const answer = Buffer.concat(await socket.toArray()).toString();
  return JSON.parse(answer.slice(answer.indexOf("{"), answer.lastIndexOf("}") + 1));
}

it("is answered past the router when its value came with its head", async () => {
  expect(await answerTo(HEAD + VALUE)).toMatchObject({ key: "key", description: VALUE });
});

it.each([
  { when: "its value comes later", pieces: [HEAD, VALUE] },
  { when: "a part of its value comes later", pieces: [HEAD + VALUE.slice(0, 5), VALUE.slice(5)] },
])("is left to the router, whole, when $when", async ({ pieces }) => {
  expect(await answerTo(...pieces)).toEqual({ rest: VALUE });
});
