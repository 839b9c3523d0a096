import { randomUUID } from "node:crypto";
import http from "node:http";
import type { InventoriedObjects } from "../../service/domain/inventory.ts";
import type { ObjectName } from "../../service/domain/object.ts";
import type { Server } from "./servers.ts";

const CHUNK = Buffer.alloc(256 * 1_024, "v");
const QUOTE = Buffer.from('"');

/** One of the two ways of a long value that are compared. */
export interface Side {
  up(length: number): Promise<void>;
  down(length: number): Promise<void>;
}

/** A JSON string of `length` bytes. */
function* value(length: number): Generator<Buffer> {
  yield QUOTE;
  for (let left = length - 2; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, left);
  yield QUOTE;
}

const PATH = "/api/v1/main/namespaces/bench.large/kv/large";

export const serviceOn = ({ port }: Server): Side => ({
  up: (length) => sent(port, length),
  down: (length) => fetched(port, length),
});

export function bareOn(objects: InventoriedObjects): Side & { clear(): Promise<void> } {
  const object = `main/bench/_kv/large-0000000000000000/${randomUUID()}.json` as ObjectName;
  const never = () => new AbortController().signal;
  return {
    async up(length) {
      await objects.put(object, flowing(length), length, never());
    },
    async down(length) {
      await drained((await objects.stream({ object, offset: 0, length }, never())) ?? [], length);
    },
    clear: () => objects.delete(object),
  };
}

async function* flowing(length: number): AsyncGenerator<Uint8Array> {
  yield* value(length);
}

async function drained(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, length: number): Promise<void> {
  let count = 0;
  for await (const chunk of bytes) count += chunk.length;
  if (count !== length) throw new Error(`Of ${length} bytes ${count} came.`);
}

function request(port: number, method: string, path: string, headers: http.OutgoingHttpHeaders) {
  const sending = http.request({ host: "127.0.0.1", port, method, path, headers, agent: false });
  const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
    sending.once("response", resolve).once("error", reject);
  });
  return { sending, answer };
}

async function sent(port: number, length: number): Promise<void> {
  const headers = { "content-type": "application/json", "content-length": length };
  const { sending, answer } = request(port, "PUT", PATH, headers);
  for (const chunk of value(length))
    if (!sending.write(chunk)) await new Promise((resolve) => sending.once("drain", resolve));
  sending.end();
  const { statusCode, headers: answered } = await answer;
  if (statusCode !== 200) throw new Error(`The PUT of ${length} bytes was answered with ${statusCode}.`);
  await drained(await answer, Number(answered["content-length"]));
}

async function fetched(port: number, length: number): Promise<void> {
  const { sending, answer } = request(port, "GET", `${PATH}?raw=true`, {});
  sending.end();
  await drained(await answer, length);
}
