import { expect, it } from "vitest";
import { type Answer, freshNamespace, type Kv, kvAt } from "../support/kv.ts";
import { onEachPair } from "./pairs.ts";

interface Result {
  readonly status: number;
  readonly entry?: {
    readonly namespace: string;
    readonly key: string;
    readonly revision: number;
    readonly etag: string;
    readonly uri: string;
  };
  readonly value?: unknown;
  readonly deleted?: boolean;
  readonly problem?: { readonly type: string; readonly field?: string; readonly status: number };
}

interface Batch {
  readonly at: Kv;
  send(operations: readonly object[] | string, more?: object, headers?: Record<string, string>): Promise<Answer>;
  results(operations: readonly object[] | string, more?: object): Promise<readonly Result[]>;
}

function batchAt(address: string, namespace = freshNamespace()): Batch {
  const at = kvAt(address, namespace);
  const send: Batch["send"] = (operations, more = {}, headers = {}) => {
    const list = typeof operations === "string" ? operations : JSON.stringify(operations);
    const body = `{"operations":${list},${JSON.stringify(more).slice(1, -1) || '"atomic":false'}}`;
    return at.send("POST", `/namespaces/${namespace}/kv:batch`, { body, headers });
  };
  const results: Batch["results"] = async (operations, more) => {
    const answer = await send(operations, more);
    expect(answer.status).toBe(200);
    return (await answer.json<{ results: Result[] }>()).results;
  };
  return { at, send, results };
}

const put = (key: string, value: unknown, more: object = {}) => ({ op: "put", key, value, ...more });
const get = (key: string) => ({ op: "get", key });
const atomic = { atomic: true };

onEachPair("a batch", ({ service }) => {
  const batch = () => batchAt(service().address);

  it("each operation has its own precondition and its own result, in order", async () => {
    const { at, results } = batch();
    const { etag } = await (await at.put("there", "1")).json();
    const answers = await results([
      put("new", { a: 1 }, { ifNoneMatch: "*", description: "d", labels: { team: "data" }, ttl: "PT1H" }),
      put("there", 2, { ifNoneMatch: "*" }),
      put("there", 3, { ifMatch: etag }),
      put("there", 4, { ifMatch: `"${etag}"` }),
      get("there"),
      get("missing"),
      { op: "delete", key: "missing" },
      { op: "delete", key: "there", ifMatch: "*" },
      get("there"),
      put("bad", "x", { type: "NUMBER" }),
      put("bad", 1, { ttl: "never" }),
      put("", 1),
      { op: "move", key: "k" },
      { op: "put", key: "k" },
      get("new"),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([
      200, 412, 200, 412, 200, 404, 200, 200, 404, 422, 422, 422, 422, 422, 200,
    ]);
    expect(answers[0]?.entry).toMatchObject({ key: "new", revision: 1, description: "d", ttl: "PT1H" });
    expect(answers[1]?.problem).toMatchObject({ type: "/problems/already-exists", current: { revision: 1 } });
    expect(answers[4]).toMatchObject({ value: 3, entry: { revision: 2 } });
    expect([answers[6]?.deleted, answers[7]?.deleted]).toEqual([false, true]);
    expect(answers.slice(9, 14).map(({ problem }) => problem?.field)).toEqual(["value", "ttl", "key", "op", "value"]);
    expect(answers[14]?.value).toEqual({ a: 1 });
  });

  it("keeps every digit and every byte of a value", async () => {
    const { at, send, results } = batch();
    const values = ["123456789012345678901234567890", "1.0", "0.10", "1e400", '{"b": 1.00,\n "a":[ ]}', '"é\\u0000"'];
    await results(`[${values.map((value, n) => `{"op":"put", "key":"k${n}", "value": ${value} }`).join(",\n")}]`);
    for (const [n, value] of values.entries()) expect(await (await at.get(`k${n}`, "?raw=true")).text()).toBe(value);
    const text = await (await send(values.map((_, n) => get(`k${n}`)))).text();
    for (const value of values) expect(text).toContain(`"value":${value}}`);
  });

  it("50 batches that create the same keys: of each key exactly one wins", async () => {
    const { at, results } = batch();
    const keys = Array.from({ length: 20 }, (_, n) => `k${n}`);
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => results(keys.map((key) => put(key, n, { ifNoneMatch: "*" })))),
    );
    for (const [index, key] of keys.entries()) {
      const winners = answers.flatMap((answer, n) => (answer[index]?.status === 200 ? [n] : []));
      expect(winners).toHaveLength(1);
      expect(await (await at.get(key)).json()).toMatchObject({ value: winners[0], revision: 1 });
    }
  });

  it("10,000 operations are taken and one more is refused", async () => {
    const { at, send, results } = batch();
    const keys = Array.from({ length: 10_000 }, (_, n) => `k${n}`);
    const made = await results(keys.map((key, n) => put(key, n)));
    expect(new Set(made.map(({ status }) => status))).toEqual(new Set([200]));
    const read = await results(keys.map(get));
    expect(read.map(({ value }) => value)).toEqual(keys.map((_, n) => n));
    const replaced = await results(
      keys.map((key, n) => put(key, -n)),
      atomic,
    );
    expect(new Set(replaced.map(({ entry }) => entry?.revision))).toEqual(new Set([2]));
    const refused = await send([...keys.map(get), get("one more")]);
    expect([refused.status, (await refused.json()).field]).toEqual([422, "operations"]);
    const path = `/namespaces/${made[0]?.entry?.namespace}/kv`;
    const gone = await at.send("DELETE", path, { body: JSON.stringify({ keys }) });
    expect(await gone.json()).toEqual({ keys });
    expect(await (await at.send("GET", path)).json()).toEqual([]);
  }, 180_000);

  it("values of any size, together with small ones", async () => {
    const { results } = batch();
    const values = [0, 10, 16_000, 17_000, 65_000, 70_000, 3_000_000].map((length) => "x".repeat(length));
    await results(values.map((value, n) => put(`k${n}`, value)));
    const read = await results([...values.map((_, n) => get(`k${n}`)), get("missing")]);
    expect(read.map(({ value }) => value)).toEqual([...values, undefined]);
  });

  it("a batch that is sent again with its Idempotency-Key gets the first answers", async () => {
    const { at, send } = batch();
    await at.put("gone", "1");
    const operations = [put("k", 1, { ifNoneMatch: "*" }), { op: "delete", key: "gone" }];
    for (const more of [{}, atomic]) {
      const headers = { "Idempotency-Key": `once ${JSON.stringify(more)}` };
      await at.put("gone", "1");
      await at.delete("k");
      const first = await (await send(operations, more, headers)).json<{ results: Result[] }>();
      expect(first.results).toMatchObject([{ status: 200 }, { deleted: true }]);
      expect(await (await send(operations, more, headers)).json()).toEqual(first);
    }
  });

  it.each([
    ["[", 400, "body"],
    ["[]", 400, "body"],
    ["{}", 422, "operations"],
    ['{"operations":{}}', 422, "operations"],
    ['{"operations":[],"atomic":"yes"}', 422, "atomic"],
    ['{"operations":[],"atomc":true}', 422, "atomc"],
    ['{"operations":[],"operations":[]}', 400, "body"],
  ])("%s is refused with %i", async (body, status, field) => {
    const { at } = batch();
    const answer = await at.send("POST", "/namespaces/a.b/kv:batch", { body });
    expect([answer.status, (await answer.json()).field]).toEqual([status, field]);
  });

  it("a body that is too large is refused with a way out", async () => {
    const { send } = batch();
    const answer = await send([put("k", "x".repeat(64 * 1_024 * 1_024))]);
    expect([answer.status, await answer.json()]).toMatchObject([
      413,
      { type: "/problems/too-large", remedy: expect.stringContaining("divide") },
    ]);
  });
});

onEachPair("a bulk delete", ({ service }) => {
  it("answers which of the keys were there", async () => {
    const { at, results } = batchAt(service().address);
    const [made] = await results([put("a", 1), put("b/ü", 2), put("c", 3)]);
    const path = `/namespaces/${made?.entry?.namespace}/kv`;
    const remove = (body: string) => at.send("DELETE", path, { body });
    expect(await (await remove('{"keys":["a","missing","b/ü","a"]}')).json()).toEqual({ keys: ["a", "b/ü"] });
    expect((await at.get("a")).status).toBe(404);
    expect((await at.get("c")).status).toBe(200);
    expect(await (await remove('{"keys":[]}')).json()).toEqual({ keys: [] });
    for (const body of ["{}", '{"keys":"a"}', '{"keys":[1]}', '{"keys":[""]}'])
      expect((await remove(body)).status).toBe(422);
    expect((await remove("")).status).toBe(400);
  });
});

onEachPair("an atomic batch", ({ service, restart }) => {
  const batch = () => batchAt(service().address);

  it("writes nothing when one operation is refused, and names each that was", async () => {
    const { at, send } = batch();
    await at.put("there", "1");
    const answer = await send(
      [put("new", 1), put("there", 2, { ifNoneMatch: "*" }), put("gone", 3, { ifMatch: "*" }), get("there")],
      atomic,
    );
    expect(answer.status).toBe(409);
    expect(await answer.json()).toMatchObject({
      type: "/problems/batch-refused",
      operations: [
        { index: 1, key: "there", status: 412, problem: { type: "/problems/already-exists" } },
        { index: 2, key: "gone", status: 412, problem: { type: "/problems/stale" } },
      ],
    });
    expect((await at.get("new")).status).toBe(404);
    expect(await (await at.get("there")).json()).toMatchObject({ value: 1, revision: 1 });
  });

  it("a value that does not fit and a key that stands there twice are refused as well", async () => {
    const { at, send } = batch();
    const misfit = await send([put("a", 1), put("b", "x", { type: "NUMBER" }), { op: "put", key: "c" }], atomic);
    expect(await misfit.json()).toMatchObject({ status: 409, operations: [{ index: 2, key: "c", status: 422 }] });
    const late = await send([put("a", 1), put("b", "x", { type: "NUMBER" })], atomic);
    expect(await late.json()).toMatchObject({ status: 409, operations: [{ index: 1, key: "b", status: 422 }] });
    const twice = await send([put("a", 1), { op: "delete", key: "a" }], atomic);
    expect(await twice.json()).toMatchObject({ status: 422, field: "operations[1].key" });
    expect((await at.get("a")).status).toBe(404);
  });

  it("tells gets what was there before, and deletes what is not", async () => {
    const { at, results } = batch();
    await at.put("a", '"old"');
    const answers = await results([get("a"), put("b", 1), get("c"), { op: "delete", key: "d" }], atomic);
    expect(answers).toMatchObject([{ value: "old" }, { status: 200 }, { status: 404 }, { deleted: false }]);
  });

  it("under concurrent writers every counter of a transfer moves together", async () => {
    const { at, send, results } = batch();
    const keys = Array.from({ length: 5 }, (_, n) => `k${n}`);
    await results(keys.map((key) => put(key, 0)));
    const writer = async () => {
      let wins = 0;
      for (let round = 0; round < 15; round++) {
        const seen = await results(keys.map(get));
        const next = seen.map(({ value, entry }, n) =>
          put(keys[n] ?? "", (value as number) + 1, { ifMatch: entry?.etag }),
        );
        const { status } = await send(next, atomic);
        expect([200, 409]).toContain(status);
        if (status === 200) wins++;
      }
      return wins;
    };
    const wins = (await Promise.all(Array.from({ length: 6 }, writer))).reduce((sum, count) => sum + count);
    expect(wins).toBeGreaterThan(0);
    for (const key of keys) expect(await (await at.get(key)).json()).toMatchObject({ value: wins, revision: 1 + wins });
  });

  it("through kill -9 in its middle it has happened or not", async () => {
    const keys = Array.from({ length: 300 }, (_, n) => `k${n}`);
    for (const namespace of [freshNamespace(), freshNamespace()]) {
      const { results } = batchAt(service().address, namespace);
      let acknowledged = -1;
      let killed = false;
      const writing = (async () => {
        for (let n = 0; !killed; n++) {
          await results(
            keys.map((key) => put(key, n)),
            atomic,
          );
          acknowledged = n;
        }
      })().catch(() => undefined);
      await expect.poll(() => acknowledged, { timeout: 30_000, interval: 1 }).toBeGreaterThan(1);
      await restart("kill");
      killed = true;
      await writing;
      const after = await batchAt(service().address, namespace).results(keys.map(get));
      const values = new Set(after.map(({ value }) => value));
      expect(values.size).toBe(1);
      expect([acknowledged, acknowledged + 1]).toContain([...values][0]);
    }
  }, 120_000);
});
