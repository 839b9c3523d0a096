import { expect, it } from "vitest";
import { type EventStream, openStream, type StreamEvent } from "../support/event-stream.ts";
import { freshNamespace, type Kv, kvAt } from "../support/kv.ts";
import { type OnPair, onEachPair } from "./pairs.ts";

const brief = ({ event, data }: StreamEvent) => `${event} ${data.key} ${data.revision}`;

onEachPair("watch", (on: OnPair) => {
  const fresh = (): { kv: Kv; namespace: string; base: string; watch: (query?: string) => string } => {
    const namespace = freshNamespace();
    const base = `${on.service().address}/api/v1/main`;
    return {
      kv: kvAt(on.service().address, namespace),
      namespace,
      base,
      watch: (query = "") => `${base}/namespaces/${namespace}/kv:watch${query}`,
    };
  };
  const taken = async (stream: EventStream, count: number) => {
    const events = await stream.take(count);
    await stream.close();
    return events;
  };

  it("tells of puts, patches, deletions and expiries in order, with all but the value", async () => {
    const { kv, namespace, watch } = fresh();
    const stream = await openStream(watch());
    await kv.put("a/b c", '"canary-of-watch"', "", { "X-KV-Door": "terraform" });
    await kv.patch("a/b c", { description: "new" });
    await kv.delete("a/b c");
    await kv.put("é", "1", "?ttl=PT0.001S");
    await expect.poll(async () => (await kv.get("é")).status).toBe(410);
    const events = await taken(stream, 5);
    expect(events.map(brief)).toEqual(["put a/b c 1", "put a/b c 2", "delete a/b c 3", "put é 1", "expire é 2"]);
    expect(events[0]?.data).toEqual({
      id: events[0]?.id,
      kind: "put",
      namespace,
      key: "a/b c",
      revision: 1,
      etag: expect.stringMatching(/^[0-9a-f-]{36}$/),
      at: expect.stringMatching(/^\d{4}-.*Z$/),
      by: "anonymous",
      door: "terraform",
    });
    expect(JSON.stringify(events)).not.toContain("canary");
  });

  it("begins with what comes from now on, with the oldest, or behind an id; Last-Event-ID wins", async () => {
    const { kv, watch } = fresh();
    await kv.put("k", "1");
    const [oldest] = await taken(await openStream(watch("?after=oldest")), 1);
    expect(oldest && brief(oldest)).toBe("put k 1");
    const now = await openStream(watch());
    await kv.put("k", "2");
    await kv.put("k", "3");
    const events = await taken(now, 2);
    expect(events.map(brief)).toEqual(["put k 2", "put k 3"]);
    expect((await taken(await openStream(watch(`?after=${events[0]?.id}`)), 1)).map(brief)).toEqual(["put k 3"]);
    const resumed = await openStream(watch("?after=oldest"), { "Last-Event-ID": events[0]?.id ?? "" });
    expect((await taken(resumed, 1)).map(brief)).toEqual(["put k 3"]);
    // The id that a stream begins with is enough to resume from.
    const from = now.lastId();
    await kv.put("k", "4");
    expect((await taken(await openStream(watch(`?after=${from}`)), 1)).map(brief)).toEqual(["put k 4"]);
  });

  it("shows a prefix, a namespace with those below it, and the tenant", async () => {
    const { kv, namespace, base, watch } = fresh();
    const below = kvAt(on.service().address, `${namespace}.below`);
    const streams = await Promise.all([
      openStream(watch("?prefix=a%2F")),
      openStream(watch("?children=true")),
      openStream(`${base}/kv:watch`),
      openStream(`${base}/kv:watch?namespace=${namespace}`),
      openStream(`${base}/kv:watch?namespace=${namespace}&children=true&prefix=b`),
      openStream(`${on.service().address}/api/v1/namespaces/${namespace}/kv:watch?prefix=a`),
    ]);
    await kv.put("a/1", "1");
    await below.put("b", "1");
    await kv.put("b", "1");
    await kv.put("a/2", "1");
    const shown = await Promise.all([2, 4, 4, 3, 2, 2].map((count, index) => streams[index]?.take(count)));
    await Promise.all(streams.map((stream) => stream.close()));
    expect(shown.map((events) => events?.map(({ data }) => data.key).join(" "))).toEqual([
      "a/1 a/2",
      "a/1 b b a/2",
      "a/1 b b a/2",
      "a/1 b a/2",
      "b b",
      "a/1 a/2",
    ]);
  });

  it("tells of batches, bulk deletions, purges and deleted namespaces", async () => {
    const { kv, namespace, watch } = fresh();
    const stream = await openStream(watch());
    const json = { "Content-Type": "application/json" };
    const send = (method: string, path: string, body?: object) =>
      kv.send(method, `/namespaces/${namespace}${path}`, body ? { headers: json, body: JSON.stringify(body) } : {});
    const puts = ["a", "b", "c", "d"].map((key) => ({ op: "put", key, value: 1 }));
    await send("POST", "/kv:batch", { operations: puts, atomic: true });
    await send("DELETE", "/kv", { keys: ["a"] });
    await send("POST", "/kv:purge", { expiredOnly: false, prefix: "b" });
    await send("DELETE", "?force=true");
    const events = await taken(stream, 8);
    expect(events.slice(0, 4).map(brief).sort()).toEqual(["put a 1", "put b 1", "put c 1", "put d 1"]);
    expect(events.slice(4).map(brief)).toEqual(["delete a 2", "delete b 2", "delete c 2", "delete d 2"]);
  });

  it("answers a long poll at once, when something comes, or when the time is over", async () => {
    const { kv, watch } = fresh();
    interface Polled {
      readonly changes: readonly { readonly key: string; readonly revision: number }[];
      readonly next: string;
    }
    const poll = async (query: string) => (await (await fetch(watch(query))).json()) as Polled;
    const start = await poll("?wait=0");
    expect(start.changes).toEqual([]);
    await kv.put("k", "1");
    const there = await poll(`?wait=60&after=${start.next}`);
    expect(there.changes).toMatchObject([{ key: "k", revision: 1 }]);
    const waiting = poll(`?wait=PT60S&after=${there.next}`);
    await kv.put("k", "2");
    expect((await waiting).changes).toMatchObject([{ key: "k", revision: 2 }]);
    const over = await poll(`?wait=0.05&after=${(await waiting).next}`);
    expect(over.changes).toEqual([]);
    // What is out of scope moves the cursor on.
    await kvAt(on.service().address, freshNamespace()).put("elsewhere", "1");
    await expect
      .poll(async () => Number((await poll(`?wait=0&after=${over.next}`)).next))
      .toBeGreaterThan(Number(over.next));
  });

  it("a list behind the cursor of `wait=0`, and a watch from there, miss nothing of what is written meanwhile", async () => {
    const { kv, namespace, watch } = fresh();
    let writing = true;
    const writer = (async () => {
      for (let n = 0; writing; n++) await kv.put(`k${n % 5}`, `${n}`);
    })();
    for (let round = 0; round < 10; round++) {
      const { next } = (await (await fetch(watch("?wait=0"))).json()) as { next: string };
      const listed = (await (await kv.send("GET", `/namespaces/${namespace}/kv`)).json<unknown>()) as {
        key: string;
        revision: number;
      }[];
      const known = new Map(listed.map(({ key, revision }) => [key, revision]));
      const stream = await openStream(watch(`?after=${next}`));
      for (const { data } of await taken(stream, 5)) {
        // Nothing between what was listed and what comes is left out; what was listed already may come again.
        expect(data.revision).toBeLessThanOrEqual((known.get(data.key) ?? 0) + 1);
        known.set(data.key, Math.max(known.get(data.key) ?? 0, data.revision));
      }
    }
    writing = false;
    await writer;
  });

  it.each([
    ["?after=x", 400, "after"],
    ["?after=-1", 400, "after"],
    ["?after=99999999999999999", 400, "after"],
    ["?wait=101", 400, "wait"],
    ["?wait=-1", 400, "wait"],
    ["?wait=soon", 400, "wait"],
    ["?wait=P1Y", 400, "wait"],
    ["?prefix=%00", 422, "prefix"],
  ])("refuses %s with %i before any stream begins", async (query, status, field) => {
    const answer = await fetch(fresh().watch(query));
    expect(answer.status).toBe(status);
    expect(answer.headers.get("content-type")).toBe("application/problem+json");
    expect(await answer.json()).toMatchObject({ field });
  });

  it("refuses a cursor that the log never gave with 410, and says what to do", async () => {
    for (const query of ["?after=9007199254740991", "?after=9007199254740991&wait=0"]) {
      const answer = await fetch(fresh().watch(query));
      expect(answer.status).toBe(410);
      expect(await answer.json()).toMatchObject({
        type: "/problems/changes-gone",
        detail: expect.stringContaining("has not come as far as 9007199254740991"),
        remedy: expect.stringContaining("wait=0"),
      });
    }
  });

  it("answers HEAD without a stream", async () => {
    const answer = await fetch(fresh().watch(), { method: "HEAD" });
    expect([answer.status, answer.headers.get("content-type")]).toEqual([200, "text/event-stream"]);
  });

  it("ends streams and long polls when the service stops, and they resume", async () => {
    const { kv, watch } = fresh();
    const stream = await openStream(watch());
    await kv.put("k", "1");
    await stream.take(1);
    const polled = fetch(watch("?wait=100")).then((answer) => answer.json());
    // The long poll has begun when it has taken what was there; nothing else tells.
    await new Promise((resolve) => setTimeout(resolve, 200));
    await on.restart("stop");
    expect(await stream.next()).toMatchObject({ event: "end", data: { reason: "stopping" } });
    expect(await stream.next()).toBeUndefined();
    expect(await polled).toMatchObject({ changes: [] });
    const { port } = new URL(on.service().address);
    const again = watch(`?after=${stream.lastId()}`).replace(/:\d+\//, `:${port}/`);
    const resumed = await openStream(again);
    await kvAt(on.service().address, again.split("/namespaces/")[1]?.split("/")[0] ?? "").put("k", "2");
    expect((await taken(resumed, 1)).map(brief)).toEqual(["put k 2"]);
  });
});
