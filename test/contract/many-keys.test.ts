import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readKeys, writeBatch } from "../../api/batch.ts";
import { type BatchWrite, batchesOf } from "../../api/batch-body.ts";
import { createKey } from "../../api/client.ts";
import { ForeignAnswerError, ProblemError } from "../../api/failures.ts";
import { BATCH_BYTES_MAX } from "../../api/limits.ts";
import { listPage } from "../../api/list.ts";
import type { Api } from "../../api/transport.ts";
import { freshNamespace, kvAt } from "../support/kv.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";
import { answering } from "../support/stub-server.ts";

const signal = AbortSignal.timeout(120_000);
let storage: StoragePair;
let service: RunningService;
let api: Api;

beforeAll(async () => {
  storage = (await PAIRS[0]?.open()) as StoragePair;
  service = await startService(storage);
  api = apiAt(service.address);
});
afterAll(async () => {
  await service.stop();
  await storage.drop();
});

const apiAt = (endpoint: string): Api => ({
  endpoint,
  tenant: "main",
  authorization: undefined,
  door: "terraform",
  timeoutMs: 10_000,
});

const put = (key: string, value: string, more: object = {}): BatchWrite & { op: "put" } => ({
  op: "put",
  key,
  fields: { value, ...more },
  only: "if-absent",
  idempotencyKey: `put ${encodeURIComponent(key)}`,
});

const KEYS = ["a/b", "..", "🦊", "inheritance", 'quote"', "z z"];

describe("the list of a namespace", () => {
  it("comes in pages, in the order of code points, filtered and with what has expired", async () => {
    const namespace = freshNamespace();
    await writeBatch(
      api,
      namespace,
      KEYS.map((key) => put(key, "1", { type: "NUMBER" })),
      { atomic: true },
      signal,
    );
    await writeBatch(api, namespace, [put("a/label", "true", { labels: { team: "data" } })], { atomic: false }, signal);
    await kvAt(service.address, namespace).put("a/gone", "1", "?ttl=PT0.01S");
    await expect
      .poll(async () => (await kvAt(service.address, namespace).get("a/gone", "?peek=true")).status)
      .toBe(410);
    const found: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await listPage(api, namespace, {}, { limit: 2, cursor }, signal);
      expect(page.entries.length).toBeLessThanOrEqual(2);
      expect(Math.abs(page.readAt.getTime() - Date.now())).toBeLessThan(60_000);
      found.push(...page.entries.map(({ key }) => key));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(found).toEqual(["..", "a/b", "a/label", "inheritance", 'quote"', "z z", "🦊"]);
    const keysOf = async (filter: Parameters<typeof listPage>[2]) =>
      (await listPage(api, namespace, filter, { limit: 1_000 }, signal)).entries.map(({ key }) => key);
    expect(await keysOf({ prefix: "a/" })).toEqual(["a/b", "a/label"]);
    expect(await keysOf({ types: ["BOOLEAN", "DATE"] })).toEqual(["a/label"]);
    expect(await keysOf({ labels: { team: "data" } })).toEqual(["a/label"]);
    const page = await listPage(api, namespace, { prefix: "a/", expired: true }, { limit: 1_000 }, signal);
    expect(page.entries.map(({ key, expiredAt }) => [key, expiredAt !== undefined])).toEqual([
      ["a/b", false],
      ["a/gone", true],
      ["a/label", false],
    ]);
    expect(await listPage(api, freshNamespace(), {}, { limit: 10 }, signal)).toMatchObject({ entries: [] });
  });
});

describe("a batch of reads", () => {
  it("answers in order, with every digit, and never deletes what has expired", async () => {
    const namespace = freshNamespace();
    const values = ["1.10", '{ "n": 1e400 }', '"\\u00e9"', "[ ]", "null", "true"];
    await writeBatch(
      api,
      namespace,
      KEYS.map((key, n) => put(key, `${values[n]}`)),
      { atomic: false },
      signal,
    );
    await kvAt(service.address, namespace).put("gone", "1", "?ttl=PT0.01S");
    await expect.poll(async () => (await kvAt(service.address, namespace).get("gone", "?peek=true")).status).toBe(410);
    const keys = [...KEYS, "missing", "gone", "gone"].map((key) => ({ key, size: 4_000_000 }));
    const read = await readKeys(api, namespace, keys, signal);
    expect(read.map((one) => (one.state === "live" ? one.value : one.state))).toEqual([
      ...values,
      "missing",
      "expired",
      "expired",
    ]);
    expect(read[1]).toMatchObject({ entry: { key: "..", revision: 1, door: "terraform" }, readAt: expect.any(Date) });
    expect(await readKeys(api, namespace, [], signal)).toEqual([]);
  });

  it("a key that cannot be read fails alone, with its own problem", async () => {
    const [read] = await readKeys(api, freshNamespace(), [{ key: "" }], signal);
    expect(read).toMatchObject({
      state: "failed",
      error: {
        problem: { type: "/problems/invalid-field", field: "key" },
        message: expect.stringContaining('(get "")'),
      },
    });
  });
});

describe("a batch of writes", () => {
  it("gives each write its own precondition, its own verdict and its own idempotency", async () => {
    const namespace = freshNamespace();
    const created = await createKey(api, { namespace, key: "there" }, { value: "1" }, "there", signal);
    const writes: BatchWrite[] = [
      put("new", "1.0", { ttl: "P1D", description: "d", labels: { team: "data" }, secret: true, type: "NUMBER" }),
      put("there", "2"),
      { ...put("there", "3"), only: { etag: created.etag }, idempotencyKey: "three" },
      { op: "delete", key: "there", only: { etag: created.etag }, idempotencyKey: "four" },
      { op: "delete", key: "none", only: "always", idempotencyKey: "five" },
      { ...put("none", "1"), only: "if-present", idempotencyKey: "six" },
      put("bad", "1", { ttl: "never" }),
    ];
    const results = await writeBatch(api, namespace, writes, { atomic: false }, signal);
    const problem = (type: string) => ({ state: "refused", error: { problem: { type: `/problems/${type}` } } });
    expect(results).toMatchObject([
      { state: "written", entry: { ttl: "PT24H", description: "d", labels: { team: "data" }, secret: true } },
      problem("already-exists"),
      { state: "written", entry: { revision: 2 } },
      { state: "refused", error: { problem: { type: "/problems/stale", current: { revision: 2 } } } },
      { state: "deleted", existed: false },
      problem("stale"),
      { state: "refused", error: { problem: { type: "/problems/invalid-field", field: "ttl" } } },
    ]);
    expect(results[1]).toMatchObject({ error: expect.any(ProblemError) });
    expect(`${(results[1] as { error: Error }).error}`).toContain(`/namespaces/${namespace}/kv:batch (put "there")`);
    const again = await writeBatch(api, namespace, writes.slice(0, 1), { atomic: false }, signal);
    expect(again).toEqual(results.slice(0, 1));
  });

  it("an atomic one is made whole or fails naming each write that was refused", async () => {
    const namespace = freshNamespace();
    await createKey(api, { namespace, key: "there" }, { value: "1" }, "there", signal);
    const writing = writeBatch(api, namespace, [put("new", "1"), put("there", "2")], { atomic: true }, signal);
    await expect(writing).rejects.toMatchObject({
      problem: { type: "/problems/batch-refused", operations: [{ index: 1, key: "there", status: 412 }] },
    });
    expect(await readKeys(api, namespace, [{ key: "new" }], signal)).toMatchObject([{ state: "missing" }]);
  });

  it("many are divided by number and by bytes, and what no batch can carry stands alone", () => {
    const small = Array.from({ length: 20_001 }, (_, n) => put(`k${n}`, "1"));
    expect(batchesOf(small).map(({ length }) => length)).toEqual([10_000, 10_000, 1]);
    const value = JSON.stringify("é".repeat(BATCH_BYTES_MAX / 8));
    const huge = JSON.stringify("x".repeat(BATCH_BYTES_MAX));
    const large = [put("a", value), put("b", value), put("c", value), put("d", huge), put("e", "1")];
    expect(batchesOf(large).map((batch) => batch.map(({ key }) => key))).toEqual([["a", "b", "c"], ["d"], ["e"]]);
    expect(batchesOf([])).toEqual([]);
  });

  it("the largest batch is one that the service takes", async () => {
    const frame = 200;
    const writes = [put("half", JSON.stringify("x".repeat(BATCH_BYTES_MAX / 2))), put("rest", '""')];
    const rest = JSON.stringify("x".repeat(BATCH_BYTES_MAX / 2 - 2 * frame));
    const [batch, ...more] = batchesOf([...writes.slice(0, 1), put("rest", rest)]);
    expect(more).toEqual([]);
    const results = await writeBatch(api, freshNamespace(), batch ?? [], { atomic: false }, signal);
    expect(results.map(({ state }) => state)).toEqual(["written", "written"]);
  });

  it.each([
    ["a page", { status: 200, type: "text/html", body: "<html>" }],
    ["JSON of another service", { status: 200, type: "application/json", body: '{"results":[]}' }],
  ])("tells %s from an answer of ours", async (_, answer) => {
    const stub = await answering(() => answer);
    const of = apiAt(stub.address);
    await expect(readKeys(of, "a", [{ key: "k" }], signal)).rejects.toBeInstanceOf(ForeignAnswerError);
    await expect(writeBatch(of, "a", [put("k", "1")], { atomic: false }, signal)).rejects.toBeInstanceOf(
      ForeignAnswerError,
    );
    await stub.close();
  });
});
