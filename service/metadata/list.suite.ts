import { describe, expect, it } from "vitest";
import type { Place } from "../domain/entry.ts";
import type { Cursor, ListQuery, Sort } from "../domain/stores.ts";
import { orderOf, SORTS } from "./suite-sorts.ts";
import {
  freshPlace,
  letExpire,
  listOf,
  put,
  remove,
  type SuiteStore,
  sibling,
  valueAt,
  written,
} from "./suite-store.ts";

const keysOf = async (store: SuiteStore, query: ListQuery): Promise<string[]> =>
  (await store.metadata.list(query)).entries.map(({ key }) => key);

/** Pages, sorts and filters of a namespace's list. */
export function describeList(name: string, store: () => SuiteStore): void {
  describe(`${name}: lists`, () => {
    it.each(SORTS)("by $by, descending $descending: pages of any size make the whole", (sort) => pages(store(), sort));
    it("entries written meanwhile neither shift a page nor double an entry", () => isStable(store()));
    it("keys sort by code points, whatever the locale", () => sortsByCodePoints(store()));
    it("a prefix ends where the next code point begins", () => findsPrefixes(store()));
    it("text is found in keys and descriptions whatever its case, and wildcards are text", () => contains(store()));
    it("types are alternatives, labels all hold", () => filters(store()));
    it("what ends before an instant, from now on", () => findsExpiring(store()));
    it("the deleted are never shown, the expired on request", () => hidesTheGone(store()));
    it("another namespace's entries stay out", () => staysInside(store()));
    it("a cursor that is none is the caller's fault", () => refusesCursor(store()));
  });
}

/** Twelve entries whose order by each column is another; some have no expiry or no description, and several share one. */
async function twelve(store: SuiteStore): Promise<Place> {
  const at = freshPlace();
  const keys = ["m", "b", "z", "a", "q", "c", "x", "d", "p", "e", "f", "y"];
  for (const [index, key] of keys.entries()) {
    const end = `2999-01-0${1 + (index % 4)}T00:00:00Z`;
    const lifetime = index % 5 === 0 ? ({ kind: "none" } as const) : ({ kind: "until", at: end } as const);
    const description = index % 3 === 0 ? undefined : `d${index % 2}`;
    await written(store, put(sibling(at, key), { lifetime, description }));
  }
  for (const key of ["p", "a", "z"]) await written(store, put(sibling(at, key), { lifetime: { kind: "keep" } }));
  return at;
}

async function pages(store: SuiteStore, sort: Sort): Promise<void> {
  const at = await twelve(store);
  const { entries: whole, next } = await store.metadata.list(listOf(at, { sort }));
  expect(next).toBeUndefined();
  expect(whole.map(({ key }) => key)).toEqual(whole.toSorted(orderOf(sort)).map(({ key }) => key));
  expect(whole).toHaveLength(12);
  expect(await store.metadata.count(listOf(at))).toBe(12);
  for (const limit of [1, 5, 12]) {
    const walked = [];
    let after: Cursor | undefined;
    do {
      const page = await store.metadata.list(listOf(at, { sort, limit, after }));
      expect(page.entries.length).toBeLessThanOrEqual(limit);
      walked.push(...page.entries);
      after = page.next;
    } while (after);
    expect(walked).toEqual(whole);
  }
}

async function isStable(store: SuiteStore): Promise<void> {
  const at = await twelve(store);
  const sort = { by: "key", descending: false } as const;
  const first = await store.metadata.list(listOf(at, { sort, limit: 4 }));
  for (const key of ["0", "aa", "k", "zz"]) await written(store, put(sibling(at, key)));
  await written(store, remove(sibling(at, "b")));
  const second = await store.metadata.list(listOf(at, { sort, limit: 1_000, after: first.next }));
  const keys = [...first.entries, ...second.entries].map(({ key }) => key as string);
  expect(keys).toEqual(["a", "b", "c", "d", "e", "f", "k", "m", "p", "q", "x", "y", "z", "zz"]);
}

const EDGES = [
  "a",
  "A",
  "Z",
  "_",
  "é",
  "\u{d7ff}",
  "\u{d7ff}x",
  "\u{e000}",
  "\u{ffff}",
  "\u{10000}",
  "\u{10ffff}",
  "\u{10ffff}a",
];

async function withEdges(store: SuiteStore): Promise<Place> {
  const at = freshPlace();
  for (const key of EDGES.toReversed()) await written(store, put(sibling(at, key)));
  return at;
}

async function sortsByCodePoints(store: SuiteStore): Promise<void> {
  const at = await withEdges(store);
  expect(await keysOf(store, listOf(at))).toEqual(["A", "Z", "_", "a", "é", ...EDGES.slice(5)]);
}

async function findsPrefixes(store: SuiteStore): Promise<void> {
  const at = await withEdges(store);
  const found = (prefix: string) => keysOf(store, listOf(at, { prefix }));
  expect(await found("\u{d7ff}")).toEqual(["\u{d7ff}", "\u{d7ff}x"]);
  expect(await found("\u{10ffff}")).toEqual(["\u{10ffff}", "\u{10ffff}a"]);
  expect(await found("\u{ffff}")).toEqual(["\u{ffff}"]);
  expect(await found("a")).toEqual(["a"]);
  expect(await found("")).toHaveLength(EDGES.length);
  expect(await found("aa")).toEqual([]);
}

async function contains(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  await written(store, put(sibling(at, "Straße/100%_done\\")));
  await written(store, put(sibling(at, "other"), { description: "École française" }));
  const found = (text: string) => keysOf(store, listOf(at, { contains: text }));
  const street = ["Straße/100%_done\\"];
  for (const text of ["STRA", "0%_D", "100%", "_done\\", "e\\"]) expect(await found(text)).toEqual(street);
  for (const text of ["éCOLE", "FRANÇ", "OTHER"]) expect(await found(text)).toEqual(["other"]);
  for (const text of ["%done", "100_", "o%r", "\\\\"]) expect(await found(text)).toEqual([]);
}

async function filters(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const typed = (key: string, type: "STRING" | "NUMBER" | "JSON", labels: Record<string, string>) =>
    written(store, put(sibling(at, key), { value: valueAt(at, { type }), labels }));
  await typed("a", "STRING", { team: "x", stage: "prod" });
  await typed("b", "NUMBER", { team: "x" });
  await typed("c", "JSON", { team: "y", stage: "prod" });
  expect(await keysOf(store, listOf(at, { types: ["NUMBER", "JSON"] }))).toEqual(["b", "c"]);
  expect(await keysOf(store, listOf(at, { labels: { team: "x" } }))).toEqual(["a", "b"]);
  expect(await keysOf(store, listOf(at, { labels: { team: "x", stage: "prod" } }))).toEqual(["a"]);
  expect(await keysOf(store, listOf(at, { labels: { stage: "prod" }, types: ["JSON"], prefix: "c" }))).toEqual(["c"]);
  expect(await keysOf(store, listOf(at, { labels: { team: "z" } }))).toEqual([]);
}

async function findsExpiring(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const ends = {
    soon: "2998-12-31T23:59:59.999999Z",
    next: "2999-01-01T00:00:00Z",
    later: "2999-01-01T00:00:00.000001Z",
  };
  for (const [key, end] of Object.entries(ends))
    await written(store, put(sibling(at, key), { lifetime: { kind: "until", at: end } }));
  await written(store, put(sibling(at, "ever")));
  await written(store, put(sibling(at, "over"), { lifetime: { kind: "for", ttl: "PT1H" } }));
  await letExpire(store, sibling(at, "over"));
  const found = async (changes: Partial<ListQuery>) => {
    const keys = await keysOf(store, listOf(at, changes));
    expect(await store.metadata.count(listOf(at, changes))).toBe(keys.length);
    return keys;
  };
  expect(await found({ expiresBefore: ends.next })).toEqual(["soon"]);
  expect(await found({ expiresBefore: "2999-01-01T02:00:00.000001+02:00" })).toEqual(["next", "soon"]);
  expect(await found({ expiresBefore: ends.next, expired: true })).toEqual(["over", "soon"]);
  expect(await found({ expiresBefore: "9999-12-31T23:59:59Z" })).toEqual(["later", "next", "soon"]);
  const byEnd = { by: "expires", descending: true } as const;
  expect(await found({ expiresBefore: "9999-12-31T23:59:59Z", sort: byEnd })).toEqual(["later", "next", "soon"]);
}

async function hidesTheGone(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  for (const key of ["deleted", "expired", "live"])
    await written(store, put(sibling(at, key), { lifetime: { kind: "for", ttl: "PT1H" } }));
  await written(store, remove(sibling(at, "deleted")));
  await letExpire(store, sibling(at, "expired"));
  expect(await keysOf(store, listOf(at))).toEqual(["live"]);
  const { entries } = await store.metadata.list(listOf(at, { expired: true }));
  expect(entries.map(({ key, expired }) => [key, expired])).toEqual([
    ["expired", true],
    ["live", false],
  ]);
}

async function staysInside(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  await written(store, put(at));
  await written(store, put({ ...at, namespace: `${at.namespace}.child` as Place["namespace"] }));
  await written(store, put({ ...at, tenant: "other" as Place["tenant"] }));
  expect(await store.metadata.list(listOf(at))).toMatchObject({ entries: [at], next: undefined });
  expect((await store.metadata.list(listOf(freshPlace()))).entries).toEqual([]);
}

async function refusesCursor(store: SuiteStore): Promise<void> {
  const wrong = { updated: ["yesterday", null], revision: ["1.5", "-1", "1e3", "9".repeat(30), null] } as const;
  for (const by of ["updated", "revision"] as const)
    for (const value of wrong[by]) {
      const query = listOf(freshPlace(), { sort: { by, descending: false }, after: { value, key: "k" } });
      await expect(store.metadata.list(query)).rejects.toMatchObject({ fault: { kind: "invalid", field: "cursor" } });
    }
}
