import { randomUUID } from "node:crypto";
import { writeFileSync } from "node:fs";
import http from "node:http";
import type { ObjectName } from "../../service/domain/object.ts";
import { openS3, type S3Config } from "../../service/objects/s3.ts";
import { median } from "../figures.ts";
import { memoryOf } from "./cpu.ts";
import { type Promised, promised, spreadOf } from "./report.ts";
import type { Server } from "./servers.ts";

const BYTES = 1_024 ** 3;
const MIB = 1_024 ** 2;
const CHUNK = Buffer.alloc(MIB / 4, "v");
const QUOTE = Buffer.from('"');
const MEMORY_GROWTH_MIB_MAX = 150;
const IDLE_MIB_MAX = 150;

/** A JSON string of 1 GiB. */
function* value(): Generator<Buffer> {
  yield QUOTE;
  for (let left = BYTES - 2; left > 0; left -= CHUNK.length) yield CHUNK.subarray(0, left);
  yield QUOTE;
}

/** Memory of a service that has done nothing yet. To be asked before anything else is. */
export const idlePromise = ({ pid }: Server): Promised =>
  promised("memory of the idle service on real servers, MiB", spreadOf([memoryOf(pid, "VmRSS") / MIB]), [
    "≤",
    IDLE_MIB_MAX,
  ]);

/** One value of 1 GiB up and down, through the service and straight to the object store, by turns. */
export async function largePromises(service: Server, s3: S3Config, rounds: number): Promise<Promised[]> {
  const objects = await openS3(s3);
  const { up, down, grown }: Record<"up" | "down" | "grown", number[]> = { up: [], down: [], grown: [] };
  const path = "/api/v1/main/namespaces/bench.large/kv/large";
  const never = () => new AbortController().signal;
  for (let round = 0; round < rounds; round++) {
    const before = memoryOf(service.pid, "VmRSS");
    writeFileSync(`/proc/${service.pid}/clear_refs`, "5"); // the peak counts from here (man 5 proc)
    const served = [await timed(() => sent(service.port, path)), await timed(() => fetched(service.port, path))];
    grown.push((memoryOf(service.pid, "VmHWM") - before) / MIB);
    const object = `main/bench/_kv/large-0000000000000000/${randomUUID()}.json` as ObjectName;
    const slice = { object, offset: 0, length: BYTES };
    const bare = [
      await timed(() => objects.put(object, flowing(), BYTES, never())),
      await timed(async () => drained((await objects.stream(slice, never())) ?? [])),
    ];
    await objects.delete(object);
    up.push((bare[0] ?? 0) / (served[0] ?? 0));
    down.push((bare[1] ?? 0) / (served[1] ?? 0));
    console.error(`1 GiB, round ${round + 1}: s up and down ${served.map(seconds)}, bare ${bare.map(seconds)}`);
  }
  await objects.close();
  return [
    promised("1 GiB up: rate beside bare MinIO", spreadOf(up), ["≥", 0.8]),
    promised("1 GiB down: rate beside bare MinIO", spreadOf(down), ["≥", 0.8]),
    promised("1 GiB: memory that the service grew by, MiB", spreadOf([median(grown), ...grown]), [
      "≤",
      MEMORY_GROWTH_MIB_MAX,
    ]),
  ];
}

const seconds = (ms: number): string => (ms / 1_000).toFixed(2);

async function* flowing(): AsyncGenerator<Uint8Array> {
  yield* value();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

async function drained(bytes: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<number> {
  let count = 0;
  for await (const chunk of bytes) count += chunk.length;
  return count;
}

function request(port: number, method: string, path: string, headers: http.OutgoingHttpHeaders) {
  const sending = http.request({ host: "127.0.0.1", port, method, path, headers, agent: false });
  const answer = new Promise<http.IncomingMessage>((resolve, reject) => {
    sending.once("response", resolve).once("error", reject);
  });
  return { sending, answer };
}

async function sent(port: number, path: string): Promise<void> {
  const headers = { "content-type": "application/json", "content-length": BYTES };
  const { sending, answer } = request(port, "PUT", path, headers);
  for (const chunk of value())
    if (!sending.write(chunk)) await new Promise((resolve) => sending.once("drain", resolve));
  sending.end();
  const { statusCode } = await answer;
  if (statusCode !== 200) throw new Error(`The PUT of 1 GiB was answered with ${statusCode}.`);
  await drained(await answer);
}

async function fetched(port: number, path: string): Promise<void> {
  const { sending, answer } = request(port, "GET", `${path}?raw=true`, {});
  sending.end();
  const count = await drained(await answer);
  if (count !== BYTES) throw new Error(`The GET of 1 GiB brought ${count} bytes.`);
}
