import { once } from "node:events";
import { get, type IncomingMessage } from "node:http";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openStream } from "../support/event-stream.ts";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";
import { STORM_KEYS, storm } from "../support/watch-storm.ts";
import { type OnPair, onEachLonePair, onEachPair } from "./pairs.ts";

async function expectComplete(addresses: readonly string[]): Promise<void> {
  const { told, newest } = await storm(addresses, freshNamespace());
  for (const seen of told)
    for (const key of STORM_KEYS)
      expect([key, seen[key] ?? []]).toEqual([key, Array.from({ length: newest.get(key) ?? 0 }, (_, n) => n + 1)]);
}

onEachPair("watchers in a storm", (on: OnPair) => {
  it("are told of each change once and in order, also when they hang up and resume", async () => {
    await expectComplete([on.service().address]);
  }, 120_000);
});

// Not through the relay before two replicas, which itself holds more than a slow reader may leave.
onEachLonePair("a watcher", (on: OnPair) => {
  it("who stops reading is cut off, resumes and has all", async () => {
    const namespace = freshNamespace();
    const url = `${on.service().address}/api/v1/main/namespaces/${namespace}/kv:watch`;
    const [slow] = (await once(get(url), "response")) as [IncomingMessage];
    // Nothing reads it: what the connection does not hold waits in the service, until that is too much.
    const keys = Array.from({ length: 2_500 }, (_, n) => `${"🔑".repeat(250)}${n}`);
    const kv = kvAt(on.service().address, namespace);
    const rounds = 5;
    for (let value = 0; value < rounds; value++) {
      const operations = keys.map((key) => ({ op: "put", key, value }));
      const headers = { "Content-Type": "application/json" };
      const body = JSON.stringify({ operations });
      expect((await kv.send("POST", `/namespaces/${namespace}/kv:batch`, { headers, body })).status).toBe(200);
    }
    let text = "";
    for await (const chunk of slow.setEncoding("utf8")) text += chunk;
    expect(text).toMatch(/event: end\ndata: \{"reason":"slow",[^\n]*\n\n$/);
    const told = text.match(/^event: put$/gm)?.length ?? 0;
    expect(told).toBeLessThan(rounds * keys.length);
    const last = [...text.matchAll(/^id: (\d+)$/gm)].at(-1)?.[1] ?? "";
    const resumed = await openStream(url, { "Last-Event-ID": last });
    const rest = await resumed.take(rounds * keys.length - told);
    expect(rest.filter(({ data }) => data.revision === rounds)).toHaveLength(keys.length);
    await resumed.close();
  }, 120_000);
});

const real = PAIRS.find(({ pair }) => pair === "Postgres and MinIO");

describe.skipIf(real?.skip ?? true)("watchers of two replicas", () => {
  let storage: StoragePair;
  let replicas: readonly RunningService[] = [];
  beforeAll(async () => {
    storage = (await real?.open()) as StoragePair;
    replicas = await Promise.all([startService(storage), startService(storage)]);
  });
  afterAll(async () => {
    await Promise.all(replicas.map((replica) => replica.stop()));
    await storage.drop();
  });

  it("are told of each change once and in order, whoever makes it, and resume at the other replica", async () => {
    await expectComplete(replicas.map(({ address }) => address));
  }, 120_000);

  it("are told of a change at the other replica while they wait", async () => {
    const [here, there] = replicas.map(({ address }) => address) as [string, string];
    const namespace = freshNamespace();
    const stream = await openStream(`${here}/api/v1/main/namespaces/${namespace}/kv:watch`);
    for (let revision = 1; revision <= 5; revision++) {
      await kvAt(there, namespace).put("k", "1");
      expect(await stream.next()).toMatchObject({ event: "put", data: { revision } });
    }
    await stream.close();
  });
});
