import { describe, expect, it } from "vitest";
import type { Entry, Place } from "../domain/entry.ts";
import type { Write } from "../domain/stores.ts";
import {
  commit,
  expire,
  freshPlace,
  letExpire,
  look,
  patch,
  put,
  remove,
  type SuiteStore,
  valueAt,
  whereOf,
  written,
} from "./suite-store.ts";

const HOUR_US = 3_600_000_000n;

/** Microseconds since 1970; `Date` knows milliseconds only. */
const microseconds = (instant: string): bigint =>
  BigInt(Date.parse(`${instant.slice(0, 19)}Z`)) * 1_000n + BigInt(instant.slice(20, 26));

/** How long the entry lives from its last change on. */
const lifeOf = ({ expiresAt, updatedAt }: Entry): bigint | undefined =>
  expiresAt === undefined ? undefined : microseconds(expiresAt) - microseconds(updatedAt);

const forOneHour = { kind: "for", ttl: "PT1H" } as const;
const FAR = "2999-12-31T23:59:59.123456Z";

/** What a change does to the end of an entry that lives for an hour. */
const ENDS = [
  { when: "a put says nothing", change: () => put, more: {}, life: undefined },
  { when: "a put keeps", change: () => put, more: { lifetime: { kind: "keep" } }, life: "starts again" },
  { when: "a patch of the description keeps", change: () => patch, more: { description: "d" }, life: "stays" },
  { when: "a patch of the value keeps", change: () => patch, more: { value: true }, life: "starts again" },
  { when: "a patch clears", change: () => patch, more: { lifetime: { kind: "none" } }, life: undefined },
  { when: "a put clears", change: () => put, more: { lifetime: { kind: "none" } }, life: undefined },
  { when: "a patch names an hour", change: () => patch, more: { lifetime: forOneHour }, life: "starts again" },
] as const;

/** How long entries live, what a change keeps and what it clears, how revisions count. */
export function describeLifetime(name: string, store: () => SuiteStore): void {
  describe(`${name}: lifetime and what is kept`, () => {
    it.each(ENDS)("when $when, the hour: $life", (row) => endsAsSaid(store(), row));
    it("a named instant is kept to the microsecond, and has no TTL", () => keepsInstant(store()));
    it("the namespace's default TTL holds for what names none", () => takesDefault(store()));
    it.each(DURATIONS)("$ttl ends after $life microseconds", (row) => endsAfter(store(), row));
    it("a patch changes what it names, null clears, the rest stays", () => patchesNamed(store()));
    it("a put keeps what it does not name of a live entry", () => putKeeps(store()));
    it.each(GONE)("nothing is kept of an entry that $how, but its number", ({ end }) => startsAnew(store(), end));
    it("revisions are counted on over deletion and return", () => countsOn(store()));
    it("history keeps the newest ten revisions, or as many as the namespace says", () => keepsHistory(store()));
    it("every text comes back as it was sent", () => keepsTexts(store()));
  });
}

async function endsAsSaid(store: SuiteStore, { change, more, life }: (typeof ENDS)[number]): Promise<void> {
  const at = freshPlace();
  const before = await written(store, put(at, { lifetime: forOneHour }));
  expect(before.ttl).toBe("PT1H");
  expect(lifeOf(before)).toBe(HOUR_US);
  const { value, ...rest } = { value: undefined, ...more } as Partial<Write> & { value?: unknown };
  const after = await written(store, change()(at, { ...rest, ...(value ? { value: valueAt(at) } : {}) }));
  if (life === "stays") expect(after.expiresAt).toBe(before.expiresAt);
  if (life === "starts again") expect(lifeOf(after)).toBe(HOUR_US);
  if (life === undefined) expect(after.expiresAt).toBeUndefined();
  expect(after.ttl).toBe(life === undefined ? undefined : "PT1H");
}

async function keepsInstant(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const until = (instant: string) => put(at, { lifetime: { kind: "until", at: instant } });
  const spelled = { "2999-12-31T23:59:59.123456Z": FAR, "3000-01-01T05:59:59.1234567+06:00": FAR };
  for (const [sent, kept] of Object.entries(spelled))
    expect(await written(store, until(sent))).toMatchObject({ expiresAt: kept, ttl: undefined });
  // A new value does not move it, since it is no duration.
  const next = await written(store, put(at, { lifetime: { kind: "keep" } }));
  expect(next).toMatchObject({ expiresAt: FAR, ttl: undefined });
  // As an import says it, which brings both.
  const both = await written(store, put(at, { lifetime: { kind: "until", at: FAR, ttl: "PT1H" } }));
  expect(both).toMatchObject({ expiresAt: FAR, ttl: "PT1H" });
}

async function takesDefault(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  await written(store, put({ ...at, key: "first" as Place["key"] }));
  await look(store, `UPDATE namespaces SET default_ttl = 'PT1H' WHERE name = '${at.namespace}' RETURNING 1`);
  const made = await written(store, put(at));
  expect(made).toMatchObject({ ttl: undefined, defaultTtl: "PT1H" });
  expect(lifeOf(made)).toBe(HOUR_US);
  const named = await written(store, put(at, { lifetime: { kind: "for", ttl: "PT2H" } }));
  expect(named).toMatchObject({ ttl: "PT2H", defaultTtl: undefined });
  expect(lifeOf(await written(store, put(at, { lifetime: { kind: "none" } })))).toBeUndefined();
  const patched = await written(store, patch(at, { lifetime: { kind: "default" } }));
  expect(lifeOf(patched)).toBe(HOUR_US);
  // It ends like a TTL that somebody named: metadata leave it alone, a new value starts it again.
  const described = await written(store, patch(at, { description: "d" }));
  expect(described.expiresAt).toBe(patched.expiresAt);
  const valued = await written(store, patch(at, { value: valueAt(at) }));
  expect(valued).toMatchObject({ ttl: undefined, defaultTtl: "PT1H" });
  expect(lifeOf(valued)).toBe(HOUR_US);
}

const DURATIONS = [
  { ttl: "PT0.5S", life: 500_000n },
  { ttl: "PT75H2M1S", life: 270_121_000_000n },
  { ttl: "PT876600H", life: 876_600n * HOUR_US },
] as const;

async function endsAfter(store: SuiteStore, { ttl, life }: (typeof DURATIONS)[number]): Promise<void> {
  const entry = await written(store, put(freshPlace(), { lifetime: { kind: "for", ttl } }));
  expect(lifeOf(entry)).toBe(life);
}

const TOLD = { description: "told", labels: { team: "a" }, secret: true } as const;

async function patchesNamed(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const first = await written(store, put(at, TOLD));
  const second = await written(store, patch(at, { labels: { team: "b", x: "y" }, by: "other", door: "ui" }));
  expect(second).toEqual({
    ...first,
    revision: 2,
    etag: second.etag,
    labels: { team: "b", x: "y" },
    updatedAt: second.updatedAt,
    updatedBy: "other",
    door: "ui",
  });
  const third = await written(store, patch(at, { description: null, labels: {}, secret: false }));
  expect(third).toMatchObject({ description: undefined, labels: {}, secret: false, slice: first.slice });
  const fourth = await written(store, patch(at, { value: valueAt(at, { type: "NUMBER", size: 9 }) }));
  expect(fourth).toMatchObject({ type: "NUMBER", size: 9, createdAt: first.createdAt });
  expect(fourth.slice).not.toEqual(first.slice);
}

async function putKeeps(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const first = await written(store, put(at, TOLD));
  const second = await written(store, put(at, { by: "other" }));
  expect(second).toMatchObject({ ...TOLD, createdAt: first.createdAt, createdBy: "tester", updatedBy: "other" });
}

const GONE = [
  { how: "was deleted", end: async (store: SuiteStore, at: Place) => void (await written(store, remove(at))) },
  { how: "has expired", end: letExpire },
] as const;

async function startsAnew(store: SuiteStore, end: (typeof GONE)[number]["end"]): Promise<void> {
  const at = freshPlace();
  const first = await written(store, put(at, { ...TOLD, lifetime: forOneHour }));
  await end(store, at);
  const second = await written(store, put(at, { lifetime: { kind: "keep" }, by: "other" }));
  expect(second).toMatchObject({ description: undefined, labels: {}, secret: false, expiresAt: undefined });
  expect(second).toMatchObject({ createdBy: "other", createdAt: second.updatedAt });
  expect(second.revision).toBeGreaterThan(first.revision);
}

async function countsOn(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const short = put(at, { lifetime: forOneHour });
  expect((await written(store, put(at))).revision).toBe(1);
  expect((await written(store, remove(at))).revision).toBe(2);
  expect((await written(store, short)).revision).toBe(3);
  await letExpire(store, at);
  expect((await written(store, expire(at))).revision).toBe(4);
  expect(await store.metadata.find(at)).toMatchObject({ state: "gone", how: "expire", entry: { revision: 4 } });
  expect(await commit(store, put(at))).toMatchObject({ kind: "written", created: true, entry: { revision: 5 } });
}

async function keepsHistory(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const kept = async () =>
    (await look(store, `SELECT revision FROM revisions WHERE ${whereOf(at)} ORDER BY revision`)).map(([one]) =>
      Number(one),
    );
  for (let revision = 1; revision <= 13; revision++) await written(store, put(at));
  expect(await kept()).toEqual([4, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
  const say = (count: number) =>
    look(store, `UPDATE namespaces SET max_revisions = ${count} WHERE name = '${at.namespace}' RETURNING 1`);
  await say(3);
  await written(store, patch(at, { description: "prunes eight at once" }));
  expect(await kept()).toEqual([12, 13, 14]);
  // The newest is never given up: it is the entry.
  await say(0);
  await written(store, remove(at));
  expect(await kept()).toEqual([15]);
}

const TEXTS = [
  '"quotes" and \\back\\slashes',
  "{curly,comma}",
  "NULL",
  " ",
  "\n\t",
  "'; --",
  "🙂 é \u{10ffff}",
  "__proto__",
];

async function keepsTexts(store: SuiteStore): Promise<void> {
  for (const text of TEXTS) {
    const at = freshPlace(text);
    const labels: Record<string, string> = Object.fromEntries([[text, text]]);
    const entry = await written(store, put(at, { description: text, labels, by: text, idempotencyKey: text }));
    expect(entry).toMatchObject({ key: text, description: text, createdBy: text });
    expect(Object.entries(entry.labels)).toEqual([[text, text]]);
    expect(await store.metadata.find(at)).toEqual({ state: "live", entry });
  }
}
