import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import type { Place } from "../domain/entry.ts";
import type { ObjectName } from "../domain/object.ts";
import type { Precondition, Write } from "../domain/stores.ts";
import {
  commit,
  expire,
  freshPlace,
  letExpire,
  patch,
  put,
  remove,
  type SuiteStore,
  valueAt,
  written,
} from "./suite-store.ts";

type Before = "never there" | "live" | "expired" | "deleted" | "removed by expiry";

/** Brings the key into a state, and says with which ETag. */
async function prepare(store: SuiteStore, at: Place, before: Before): Promise<string> {
  if (before === "never there") return uuidv7();
  const { etag } = await written(store, put(at, { lifetime: { kind: "for", ttl: "PT1H" } }));
  if (before === "deleted") return (await written(store, remove(at))).etag;
  if (before === "expired" || before === "removed by expiry") await letExpire(store, at);
  if (before === "removed by expiry") return (await written(store, expire(at))).etag;
  return etag;
}

type Only = "always" | "absent" | "present" | "its etag" | "another etag" | "no etag at all";

function preconditionOf(only: Only, etag: string): Precondition {
  if (only === "its etag") return { kind: "etag", etag };
  if (only === "another etag") return { kind: "etag", etag: uuidv7() };
  if (only === "no etag at all") return { kind: "etag", etag: "what a caller made up" };
  return { kind: only };
}

const MAKERS = { put, patch, delete: remove, expire } as const;

const LIVE = ["live"] as const;
const NOT_LIVE = ["never there", "expired", "deleted", "removed by expiry"] as const;
const EVER: readonly Before[] = [...LIVE, ...NOT_LIVE];
const ETAGS: readonly Only[] = ["its etag", "another etag", "no etag at all"];
const ONLY: readonly Only[] = ["always", "absent", "present", ...ETAGS];

type Expected = "created" | "written" | "exists" | "stale with current" | "stale" | "absent";
type Rule = readonly [Write["action"], readonly Before[], readonly Only[], Expected];

const RULES: readonly Rule[] = [
  ["put", LIVE, ["always", "present", "its etag"], "written"],
  ["put", LIVE, ["absent"], "exists"],
  ["put", LIVE, ["another etag", "no etag at all"], "stale with current"],
  ["put", NOT_LIVE, ["always", "absent"], "created"],
  ["put", NOT_LIVE, ["present", ...ETAGS], "stale"],
  ["patch", LIVE, ["always", "present", "its etag"], "written"],
  ["patch", LIVE, ["absent"], "exists"],
  ["patch", LIVE, ["another etag", "no etag at all"], "stale with current"],
  ["patch", NOT_LIVE, ONLY, "absent"],
  ["delete", LIVE, ["always", "present", "its etag"], "written"],
  ["delete", LIVE, ["absent"], "exists"],
  ["delete", LIVE, ["another etag", "no etag at all"], "stale with current"],
  ["delete", NOT_LIVE, ONLY, "absent"],
  ["expire", ["expired"], ["always", "its etag"], "written"],
  ["expire", ["expired"], ["another etag", "no etag at all"], "stale"],
  ["expire", ["live", "never there", "deleted", "removed by expiry"], ["always", ...ETAGS], "absent"],
];

const CASES = RULES.flatMap(([action, befores, onlies, expected]) =>
  befores.flatMap((before) => onlies.map((only) => ({ action, before, only, expected }))),
);

/** The decision of one write, for every state of the key and every precondition. */
export function describeVerdicts(name: string, store: () => SuiteStore): void {
  describe(`${name}: verdicts`, () => {
    it("the table leaves out no combination", () => {
      const all = new Set(CASES.map(({ action, before, only }) => `${action} ${before} ${only}`));
      expect(all.size).toBe(CASES.length);
      expect(all.size).toBe(3 * EVER.length * ONLY.length + EVER.length * (ETAGS.length + 1));
    });
    it.each(CASES)("$action of a key that is $before, if $only: $expected", (row) => decides(store(), row));
    it.each(REPEATS)("an idempotency key that comes again with $second is $kind", (row) => recognises(store(), row));
    it("the same statement sent twice answers the same twice and writes once", () => repeatsItself(store()));
    it("a repeat is known after the key was written over and deleted", () => remembers(store()));
    it("an upload that began more than 12 hours ago is late, and a restore of old bytes is not", () => isLate(store()));
    it("an end that lies before the clock is past", () => isPast(store()));
    it("a write that Postgres cannot take fails alone", () => failsAlone(store()));
  });
}

async function decides(store: SuiteStore, { action, before, only, expected }: (typeof CASES)[number]): Promise<void> {
  const at = freshPlace();
  const etag = await prepare(store, at, before);
  const found = await store.metadata.find(at);
  const asked = MAKERS[action](at, { only: preconditionOf(only, etag) });
  const verdict = await commit(store, asked);
  if (expected === "created" || expected === "written") {
    expect(verdict).toMatchObject({ kind: "written", created: expected === "created" });
    expect(verdict).toMatchObject({
      entry: { etag: asked.etag, revision: (found?.entry.revision ?? 0) + 1, updatedBy: "tester" },
    });
    const now = await store.metadata.find(at);
    const state = action === "put" || action === "patch" ? { state: "live" } : { state: "gone", how: action };
    expect(now).toMatchObject(state);
    expect(now?.entry).toEqual("entry" in verdict && verdict.entry);
    return;
  }
  if (expected === "absent") expect(verdict).toEqual({ kind: "absent" });
  if (expected === "stale") expect(verdict).toEqual({ kind: "stale", current: undefined });
  if (expected === "exists" || expected === "stale with current") {
    const { revision, updatedAt } = found?.entry ?? {};
    const current = { revision, etag, updatedAt, updatedBy: "tester", door: "http" };
    expect(verdict).toEqual({ kind: expected === "exists" ? "exists" : "stale", current });
  }
  expect(await store.metadata.find(at)).toEqual(found);
}

const REPEATS = [
  { second: "the same bytes", kind: "repeated", again: (at: Place) => put(at) },
  { second: "other bytes", kind: "reused", again: (at: Place) => put(at, withDigest(at, "aaaa", "first")) },
  {
    second: "a digest by another key",
    kind: "repeated",
    again: (at: Place) => put(at, withDigest(at, "aaaa", "next")),
  },
  { second: "another action", kind: "reused", again: (at: Place) => patch(at, { value: valueAt(at) }) },
  { second: "a deletion", kind: "reused", again: (at: Place) => remove(at) },
] as const;

const withDigest = (at: Place, hex: string, keyId: string): Partial<Write> => ({
  value: valueAt(at, { digest: { hex, keyId } }),
});

async function recognises(store: SuiteStore, { kind, again }: (typeof REPEATS)[number]): Promise<void> {
  const at = freshPlace();
  const first = await commit(store, put(at, { idempotencyKey: "once", description: "first" }));
  const second = await commit(store, { ...again(at), idempotencyKey: "once" });
  expect(second).toEqual(kind === "repeated" ? { ...first, kind } : { kind });
  expect(await store.metadata.find(at)).toMatchObject({ entry: { revision: 1 } });
}

async function repeatsItself(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  for (const asked of [put(at), patch(at, { description: "d" }), remove(at, { idempotencyKey: "k" })]) {
    const first = await commit(store, asked);
    expect(first.kind).toBe("written");
    expect(await commit(store, asked)).toEqual({ ...first, kind: "repeated" });
  }
  expect(await store.metadata.find(at)).toMatchObject({ entry: { revision: 3 } });
}

async function remembers(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const asked = put(at, { only: { kind: "absent" }, idempotencyKey: "once" });
  const first = await commit(store, asked);
  await written(store, put(at));
  await written(store, remove(at));
  expect(await commit(store, { ...asked, etag: uuidv7() })).toEqual({ ...first, kind: "repeated" });
}

async function isLate(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const old = uuidv7({ msecs: Date.now() - 13 * 3_600_000 });
  const slice = { object: `main/${at.namespace}/_kv/key-0/${old}.json` as ObjectName, offset: 0, length: 7 };
  const asked = put(at, { value: valueAt(at, { slice }) });
  expect(await commit(store, asked)).toEqual({ kind: "late" });
  expect(await store.metadata.find(at)).toBeUndefined();
  const young = uuidv7({ msecs: Date.now() - 11 * 3_600_000 });
  const inTime = { ...slice, object: slice.object.replace(old, young) as ObjectName };
  await written(store, put(at, { value: valueAt(at, { slice: inTime }) }));
  // As if it had been written long ago: what history keeps alive may be named again.
  const tables = ["entries", "revisions"].map(
    (table) => `UPDATE ${table} SET object = '${slice.object}' WHERE object = '${inTime.object}'`,
  );
  await store.database.script(
    [...tables, `UPDATE objects SET name = '${slice.object}' WHERE name = '${inTime.object}'`].join(";"),
  );
  await written(store, put(at));
  expect(await written(store, { ...asked, etag: uuidv7() })).toMatchObject({ slice });
}

async function isPast(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  for (const instant of ["2001-02-03T04:05:06Z", "0000-01-01T00:00:00Z", "1999-12-31T23:59:60+23:59"])
    expect(await commit(store, put(at, { lifetime: { kind: "until", at: instant } }))).toEqual({ kind: "past" });
  expect(await store.metadata.find(at)).toBeUndefined();
}

async function failsAlone(store: SuiteStore): Promise<void> {
  const good = [freshPlace(), freshPlace()];
  const bad = put(freshPlace(), { etag: "no uuid" });
  const worse = put(freshPlace(), { lifetime: { kind: "until", at: "tomorrow" } });
  const outcomes = await Promise.allSettled([
    ...good.map((at) => commit(store, put(at))),
    store.metadata.commit(bad),
    store.metadata.commit(worse),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "rejected"]);
  for (const at of good) expect(await store.metadata.find(at)).toMatchObject({ state: "live" });
  expect(await store.metadata.find(bad.at)).toBeUndefined();
}
