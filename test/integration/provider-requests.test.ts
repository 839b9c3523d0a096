import { setMaxListeners } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, expect, it } from "vitest";
import { writeBatch } from "../../api/batch.ts";
import { gatheringStore } from "../../provider/store/gathering-store.ts";
import { type CountingRelay, startCounting } from "../support/counting.ts";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { apiAt, byWorkers, WORKERS } from "../support/workers.ts";
import { onEachLonePair } from "./pairs.ts";

const signal = AbortSignal.timeout(300_000);
setMaxListeners(0, signal);

const keysOf = (count: number) => Array.from({ length: count }, (_, n) => `key-${n}`);
/** In no order of theirs, as Terraform's workers take them. */
const shuffled = (keys: readonly string[]) =>
  keys
    .map((key, n) => ({ key, at: (n * 7_919) % keys.length }))
    .sort((a, b) => a.at - b.at)
    .map(({ key }) => key);

onEachLonePair("requests of the provider", ({ service }) => {
  const open: CountingRelay[] = [];
  afterEach(async () => {
    for (const relay of open.splice(0)) await relay.close();
  });

  /** A store whose requests are counted, as one run of Terraform has it. */
  async function counted(meddle?: (incoming: IncomingMessage, outgoing: ServerResponse) => boolean) {
    const relay = await startCounting(service().address, meddle);
    open.push(relay);
    return { ...gatheringStore(apiAt(relay.address)), requests: relay.requests };
  }

  /** Makes keys, and answers the digest of each. */
  async function filled(keys: readonly string[]) {
    const namespace = freshNamespace();
    const writes = keys.map(
      (key) => ({ op: "put", key, fields: { value: `"${key}"` }, only: "always", idempotencyKey: key }) as const,
    );
    const written = await writeBatch(apiAt(service().address), namespace, writes, { atomic: false }, signal);
    const digests = new Map(written.map((one, n) => [keys[n] ?? "", one.state === "written" ? one.entry.digest : ""]));
    return { namespace, digests };
  }

  it.each([
    { count: 1, workers: WORKERS, most: 1 },
    { count: WORKERS, workers: WORKERS, most: 2 },
    { count: 1_000, workers: WORKERS, most: 5 },
    { count: 1_000, workers: 1, most: 5 },
    { count: 1_000, workers: 100, most: 5 },
    { count: 10_000, workers: WORKERS, most: 12 },
  ])("$count unchanged keys, $workers at once, are read in at most $most", async ({ count, workers, most }) => {
    const keys = shuffled(keysOf(count));
    const { namespace, digests } = await filled(keys);
    const { readKey, requests } = await counted();
    const read = (key: string) => readKey({ namespace, key }, { unlessDigest: digests.get(key) ?? "" }, signal);
    const found = await byWorkers(keys, read, workers);
    expect([...found].filter(([key, one]) => one.state !== "live" || one.entry.key !== key)).toEqual([]);
    expect(requests.length, requests.join("\n")).toBeLessThanOrEqual(most);
  });

  it("only values that have changed are fetched, and together", async () => {
    const keys = keysOf(1_000);
    const { namespace, digests } = await filled(keys);
    const changed = keys.filter((_, n) => n >= 500 && n < 500 + 3 * WORKERS);
    const { readKey, requests } = await counted();
    const found = await byWorkers(keys, (key) => {
      const unlessDigest = changed.includes(key) ? "another" : (digests.get(key) ?? "");
      return readKey({ namespace, key }, { unlessDigest }, signal);
    });
    for (const key of changed) expect(found.get(key)).toMatchObject({ value: `"${key}"` });
    const valued = [...found.values()].filter((one) => one.state === "live" && one.value !== undefined);
    expect(valued.length).toBeLessThanOrEqual(changed.length + 2 * WORKERS); // the first ones are asked for by name
    expect(requests.length, requests.join("\n")).toBeLessThanOrEqual(3 + changed.length / 2);
  });

  it("a few keys among many of others' are not looked for in a list of all", async () => {
    const { namespace } = await filled(keysOf(5_000));
    const few = await counted();
    const read = (key: string) => few.readKey({ namespace, key }, "never", signal);
    await byWorkers(["key-1", "key-2500", "key-4999"], read);
    await read("key-4998");
    expect(few.requests.filter((one) => one.startsWith("GET") && !one.includes("kv:entry")).length).toBeLessThanOrEqual(
      1,
    );
    const first = await counted();
    await byWorkers(
      keysOf(40).map((key) => `a-${key}`),
      (key) => first.readKey({ namespace, key }, "never", signal),
    );
    // They all lie before the first page's end, so that it is the only one.
    expect(first.requests.filter((one) => one.includes("/kv?"))).toHaveLength(1);
  });

  it("who may not list is read for by name, and a list that fails does not harm the reads after it", async () => {
    const keys = keysOf(50);
    const { namespace } = await filled(keys);
    const refusing = await counted(({ url = "" }, outgoing) => {
      if (!/\/kv\?/.test(url)) return false;
      outgoing.writeHead(403, { "Content-Type": "text/html" }).end("<html>");
      return true;
    });
    const found = await byWorkers(keys, (key) => refusing.readKey({ namespace, key }, "never", signal));
    expect([...found.values()].every(({ state }) => state === "live")).toBe(true);
    expect(refusing.requests.filter((one) => one.includes("/kv?"))).toHaveLength(1);

    let down = true;
    const failing = await counted(({ url = "" }, outgoing) => {
      if (!/\/kv\?/.test(url) || !down) return false;
      outgoing.destroy();
      return true;
    });
    const tried = await byWorkers(keys.slice(0, 30), (key) =>
      failing.readKey({ namespace, key }, "never", signal).catch((error: Error) => error),
    );
    const failures = [...tried.values()].filter((one) => one instanceof Error);
    expect(failures[0]?.message).toMatch(/GET .*\/kv\?limit=1000&expired=true: the connection was closed/);
    down = false;
    const again = await byWorkers(keys, (key) => failing.readKey({ namespace, key }, "never", signal));
    expect([...again.values()].every(({ state }) => state === "live")).toBe(true);
  });

  it.each([403, 404, 405])(
    "a proxy that answers %i to what is shared is named, with what to let through",
    async (status) => {
      const namespace = freshNamespace();
      const { createKey, readKey, requests } = await counted(({ url = "" }, outgoing) => {
        if (!url.endsWith("/kv:batch")) return false;
        outgoing.writeHead(status, { "Content-Type": "text/html" }).end("<html>");
        return true;
      });
      const failure = (error: unknown) => `${error}`;
      const made = await byWorkers(keysOf(5), (key) =>
        createKey({ namespace, key }, { value: "1" }, key, signal).then(() => "made", failure),
      );
      const read = await byWorkers(keysOf(5), (key) =>
        readKey({ namespace, key }, "never", signal).then(({ state }) => state, failure),
      );
      expect(read.get("key-0")).toBe("missing"); // it was asked for alone
      read.delete("key-0");
      for (const told of [...made.values(), ...read.values()]) {
        expect(told).toContain(`/namespaces/${namespace}/kv:batch: the answer (${status}, text/html)`);
        expect(told).toContain("let the proxy pass on POST to addresses that end in /kv:batch");
      }
      expect(requests).toHaveLength(3); // nobody asks again
    },
  );

  it("1,000 creates by Terraform's ten workers take at most 150, and 1,000 deletes", async () => {
    const namespace = freshNamespace();
    const keys = keysOf(1_000);
    const { createKey, deleteKey, requests } = await counted();
    const made = await byWorkers(keys, (key) => createKey({ namespace, key }, { value: "1" }, `c ${key}`, signal));
    expect([...made.values()].every(({ revision }) => revision === 1)).toBe(true);
    expect(requests.splice(0).length).toBeLessThanOrEqual(150);
    const gone = await byWorkers(keys, (key) =>
      deleteKey({ namespace, key }, made.get(key)?.etag ?? "", `d ${key}`, signal),
    );
    expect(new Set(gone.values())).toEqual(new Set([true]));
    expect(requests.length).toBeLessThanOrEqual(150);
  });

  it("one writer alone waits for nobody, and a large value goes by itself", async () => {
    const namespace = freshNamespace();
    const { createKey, requests } = await counted();
    const create = (key: string, value = "1") => createKey({ namespace, key }, { value }, `c ${key}`, signal);
    for (const key of ["a", "b", "c"]) await create(key);
    expect(requests.splice(0)).toEqual(new Array(3).fill(`PUT /namespaces/${namespace}/kv:entry?key`));
    const large = JSON.stringify("x".repeat(800_000));
    await Promise.all([create("d"), create("large", large), create("e"), create("f")]);
    expect(requests.sort()).toEqual([
      `POST /namespaces/${namespace}/kv:batch`,
      `PUT /namespaces/${namespace}/kv:entry?key`,
    ]);
    expect((await kvAt(service().address, namespace).get("large", "?raw=true")).status).toBe(200);
  });

  it("who gives up gets away at once, and the others' writes go on", async () => {
    const namespace = freshNamespace();
    const { createKey } = await counted();
    const stop = new AbortController();
    const create = (key: string, own = signal) => createKey({ namespace, key }, { value: "1" }, `c ${key}`, own);
    const first = create("first");
    const [given, ...others] = [create("given up", stop.signal), create("second"), create("third")];
    stop.abort(new Error("on purpose"));
    await expect(given).rejects.toThrow("on purpose");
    expect(await Promise.all([first, ...others])).toHaveLength(3);
    await expect(create("late", stop.signal)).rejects.toThrow("on purpose");
    expect((await kvAt(service().address, namespace).get("given up")).status).toBe(404);
  });

  it("a proxy that takes less than a batch in one request gets each write for itself", async () => {
    const namespace = freshNamespace();
    const { createKey } = await counted(({ url = "" }, outgoing) => {
      if (!url.endsWith("kv:batch")) return false;
      outgoing.writeHead(413, { "Content-Type": "text/html" }).end("<html>");
      return true;
    });
    const made = await byWorkers(keysOf(30), (key) =>
      createKey({ namespace, key }, { value: "1" }, `c ${key}`, signal),
    );
    expect([...made.values()].every(({ revision }) => revision === 1)).toBe(true);
  });

  it("a write that could not be made just now within a batch is asked for again by itself, and happens once", async () => {
    const namespace = freshNamespace();
    const { createKey } = await counted(({ url = "" }, outgoing) => {
      if (!url.endsWith("kv:batch")) return false;
      const problem = { type: "/problems/unavailable", status: 503, title: "t", detail: "d", remedy: "r" };
      const results = new Array(4).fill({ status: 503, problem });
      outgoing.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ results }));
      return true;
    });
    const create = (key: string) => createKey({ namespace, key }, { value: "1" }, `c ${key}`, signal);
    const made = await Promise.all(keysOf(4).map(create));
    expect(made.map(({ revision }) => revision)).toEqual([1, 1, 1, 1]);
  });
});
