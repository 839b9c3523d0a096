import { describe, expect, it } from "vitest";
import { type Operation, runEach } from "./batch.ts";
import { runTogether } from "./batch-together.ts";
import type { Digester } from "./digest.ts";
import type { Entry, Place } from "./entry.ts";
import { Failure } from "./fault.ts";
import type { Key } from "./key.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import type { ObjectName } from "./object.ts";
import { type CommitAll, type Metadata, type Objects, OutcomeUnknown, type Verdict, type Write } from "./stores.ts";
import { NOTHING_SAID, type Stores } from "./writes.ts";

const place = (key: string): Place => ({ tenant: "t" as Tenant, namespace: "n" as NamespaceName, key: key as Key });

const put = (key: string, text = `"${key}"`): Operation => ({
  op: "put",
  request: {
    at: place(key),
    only: { kind: "always" },
    said: NOTHING_SAID,
    author: { by: "tester", door: "http", idempotencyKey: undefined },
  },
  body: { bytes: Buffer.from(text), size: text.length, reading: { type: undefined, unescapedQuotes: false } },
});

const made = (write: Write): Verdict => ({
  kind: "written",
  entry: { ...write.at, slice: write.value?.slice } as Entry,
  created: true,
});

/** What the database says of one write of a batch: its verdict, or that it fails. */
type Answer = (write: Write) => { readonly verdict: Verdict; readonly certain: boolean };
type AnswerAll = (writes: readonly Write[]) => CommitAll;

/** Stores that remember their objects; what the database says is the test's. */
function storesWith(answer: Answer, answerAll?: AnswerAll) {
  const objects = new Map<ObjectName, string>();
  const commits: string[] = [];
  const fake = {
    metadata: {
      commit: async (write: Write) => {
        commits.push(write.at.key);
        return answer(write);
      },
      commitAll: async (writes: readonly Write[]) => answerAll?.(writes),
    } as unknown as Metadata,
    objects: {
      put: async (name: ObjectName, bytes: Uint8Array) => {
        const text = Buffer.from(bytes).toString();
        if (text.includes("broken")) throw new Failure({ kind: "unavailable", reason: "broken on purpose" });
        objects.set(name, text);
        return bytes.length;
      },
      delete: async (name: ObjectName) => void objects.delete(name),
    } as unknown as Objects,
    digester: {
      of: () => ({ hex: "00", keyId: "k" }),
      start: () => ({ update: () => undefined, end: () => ({ hex: "00", keyId: "k" }) }),
    } as unknown as Digester,
  } satisfies Stores;
  return { stores: fake, texts: () => [...objects.values()], commits };
}

const { signal } = new AbortController();
const written: Answer = (write) => ({ verdict: made(write), certain: true });
const refusing =
  (certain: boolean, ...keys: string[]): Answer =>
  (write) =>
    keys.includes(write.at.key) ? { verdict: { kind: "absent" }, certain } : written(write);

describe("a batch", () => {
  it("packs small values, and each knows its place", async () => {
    const { stores, texts } = storesWith(written);
    const results = await runEach(stores, [put("a"), put("bc"), put("big", "x".repeat(20_000)), put("d")], signal);
    expect(texts()).toContain('"a"\n"bc"\n"d"\n');
    expect(texts()).toHaveLength(2);
    const slices = results.map((result) => result.kind === "written" && result.entry.slice);
    expect(slices).toMatchObject([
      { offset: 0, length: 3 },
      { offset: 4, length: 4 },
      { offset: 0, length: 20_002 },
      { offset: 9, length: 3 },
    ]);
  });

  it("makes several packs of many values", async () => {
    const { stores, texts } = storesWith(written);
    const many = Array.from({ length: 1_000 }, (_, index) => put(`k${index}`, "x".repeat(16_000)));
    await runEach(stores, many, signal);
    expect(texts().length).toBe(4);
    expect(Math.max(...texts().map((text) => text.length))).toBeLessThanOrEqual(4 * 1_024 * 1_024);
  });

  it("does what one key is told in its order", async () => {
    const { stores, commits } = storesWith(written);
    await runEach(stores, [put("a", "1"), put("b", "1"), put("a", "2"), put("a", "3")], signal);
    expect(commits).toEqual(["a", "b", "a", "a"]);
  });

  it("a store that fails for one value harms no other that lies elsewhere", async () => {
    const { stores } = storesWith(written);
    const results = await runEach(stores, [put("a"), put("b", `broken${"x".repeat(20_000)}`)], signal);
    expect(results.map(({ kind }) => kind)).toEqual(["written", "failed"]);
  });

  it.each([
    { when: "one of its values was refused", refused: ["a"], certain: true, left: 1 },
    { when: "all were refused", refused: ["a", "b"], certain: true, left: 0 },
    { when: "all were refused after an answer was lost", refused: ["a", "b"], certain: false, left: 1 },
  ])("$left packs stay when $when", async ({ refused, certain, left }) => {
    const { stores, texts } = storesWith(refusing(certain, ...refused));
    await runEach(stores, [put("a"), put("b")], signal);
    expect(texts()).toHaveLength(left);
  });

  it("leaves an object alone when nobody knows what became of its write", async () => {
    const { stores, texts } = storesWith(() => {
      throw new OutcomeUnknown(new Error("lost on purpose"));
    });
    const [result] = await runEach(stores, [put("a")], signal);
    expect(result).toMatchObject({ kind: "failed", error: { fault: { kind: "unavailable" } } });
    expect(texts()).toHaveLength(1);
  });
});

describe("all or none", () => {
  const all =
    (certain: boolean, ...refused: string[]): AnswerAll =>
    (writes) => ({
      happened: refused.length === 0,
      verdicts: writes.map((write) =>
        refused.includes(write.at.key) ? { kind: "absent" } : refused.length === 0 ? made(write) : undefined,
      ),
      certain,
    });

  it("keeps the objects of a batch that happened", async () => {
    const { stores, texts } = storesWith(written, all(true));
    expect(await runTogether(stores, [put("a"), put("b")], signal)).toMatchObject([
      { kind: "written", entry: { key: "a" } },
      { kind: "written", entry: { key: "b" } },
    ]);
    expect(texts()).toHaveLength(1);
  });

  it.each([
    { certain: true, left: 0 },
    { certain: false, left: 1 },
  ])("a refused batch leaves $left objects when certain is $certain", async ({ certain, left }) => {
    const { stores, texts } = storesWith(written, all(certain, "b"));
    await expect(runTogether(stores, [put("a"), put("b")], signal)).rejects.toMatchObject({
      fault: { kind: "batch_refused", refusals: [{ index: 1, key: "b", fault: { kind: "not_found" } }] },
    });
    expect(texts()).toHaveLength(left);
  });

  it.each([
    { failure: new OutcomeUnknown(new Error("lost on purpose")), left: 1 },
    { failure: new Failure({ kind: "unavailable", reason: "on purpose" }), left: 0 },
  ])("when the database fails with $failure.name, $left objects are left", async ({ failure, left }) => {
    const { stores, texts } = storesWith(written, () => {
      throw failure;
    });
    await expect(runTogether(stores, [put("a")], signal)).rejects.toMatchObject({ fault: { kind: "unavailable" } });
    expect(texts()).toHaveLength(left);
  });

  it("asks the database nothing when a value could not be stored, and leaves no object", async () => {
    const { stores, texts } = storesWith(written, () => {
      throw new Error("asked");
    });
    const broken = put("b", `broken${"x".repeat(20_000)}`);
    await expect(runTogether(stores, [put("a"), broken], signal)).rejects.toMatchObject({
      fault: { kind: "unavailable", reason: "broken on purpose" },
    });
    expect(texts()).toEqual([]);
  });
});
