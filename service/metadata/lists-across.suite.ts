import { describe, expect, it } from "vitest";
import type { Entry, Place } from "../domain/entry.ts";
import { lineageOf, type NamespaceName, type Tenant } from "../domain/namespace.ts";
import type { Anywhere, Cursor, ListQuery, Sort } from "../domain/stores.ts";
import type { NameTests, Within } from "../domain/within.ts";
import { openList } from "./list.ts";
import { orderOf, SORTS } from "./suite-sorts.ts";
import {
  freshPlace,
  letExpire,
  listOf,
  look,
  put,
  remove,
  type SuiteStore,
  sibling,
  valueAt,
  written,
} from "./suite-store.ts";

const named = (...names: string[]) => names as NamespaceName[];
const ALL: Within = { kind: "all", tests: {} };
const SOME: Within = { kind: "some", names: named("a.b", "z", "a", "nobody.was.here") };
const NEAREST: Within = { kind: "nearest", names: lineageOf("a.b.c" as NamespaceName) };

/** Lists of several namespaces: of all, of some, and of those above one. */
export function describeListsAcross(name: string, store: () => SuiteStore): void {
  describe(`${name}: lists across namespaces`, () => {
    it.each(SORTS)("by $by, descending $descending: pages and offsets of any size make the whole", (sort) =>
      pages(store(), sort),
    );
    it("writers meanwhile neither shift a page nor double an entry", () => isStable(store()));
    it("the nearest living entry of a key is the one that is read", () => shadows(store()));
    it("filters hold together, and a count counts what the pages show", () => filters(store()));
    it("the names of namespaces are tested as text", () => testsNames(store()));
    it("bounds of the latest change", () => boundsUpdates(store()));
    it("of all the kinds of lists that there are, the database keeps only the frequent", () => keepsFew(store()));
    it("another tenant's entries stay out", () => staysInside(store()));
  });
}

const at = (place: Place, namespace: string, key: string): Place => ({
  ...sibling(place, key),
  namespace: namespace as NamespaceName,
});

/** A tenant that no other test uses. */
function freshTenant(): Place {
  const place = freshPlace();
  return { ...place, tenant: place.namespace.replace(".", "-") as Tenant };
}

const across = (place: Place, namespace: Within, changes: Partial<ListQuery> = {}): ListQuery<Anywhere> => ({
  ...listOf(place, changes),
  namespace,
});

const placesOf = (entries: readonly Entry[]) => entries.map(({ namespace, key }) => `${namespace}/${key}`);

async function found(store: SuiteStore, query: ListQuery<Anywhere>): Promise<string[]> {
  const { entries } = await store.metadata.list(query);
  expect(await store.metadata.count(query)).toBe(entries.length);
  return placesOf(entries);
}

/** The same keys in five namespaces, with ties in every column that can have them. */
async function filled(store: SuiteStore): Promise<Place> {
  const place = freshTenant();
  for (const [outer, namespace] of ["z", "a.b", "a", "a.b.c", "a-b"].entries())
    for (const [inner, key] of ["m", "b", "é", "B"].entries()) {
      if (namespace === "a.b.c" && key === "m") continue;
      const index = outer * 4 + inner;
      const end = `2999-01-0${1 + (index % 3)}T00:00:00Z`;
      const lifetime = index % 4 === 1 ? ({ kind: "none" } as const) : ({ kind: "until", at: end } as const);
      const description = index % 3 === 0 ? undefined : `d${index % 2}`;
      await written(store, put(at(place, namespace, key), { lifetime, description }));
      if (index % 5 === 0) await written(store, put(at(place, namespace, key), { lifetime: { kind: "keep" } }));
    }
  return place;
}

async function pages(store: SuiteStore, sort: Sort): Promise<void> {
  const place = await filled(store);
  for (const [within, size] of [
    [ALL, 19],
    [SOME, 12],
    [NEAREST, 4],
  ] as const) {
    const query = across(place, within, { sort });
    const { entries: whole, next } = await store.metadata.list(query);
    expect(next).toBeUndefined();
    expect(placesOf(whole)).toEqual(placesOf(whole.toSorted(orderOf(sort))));
    expect([whole.length, await store.metadata.count(query)]).toEqual([size, size]);
    for (const limit of [1, 3, size]) {
      const [walked, skipped]: [Entry[], Entry[]] = [[], []];
      let after: Cursor | undefined;
      do {
        const page = await store.metadata.list({ ...query, limit, after });
        skipped.push(...(await store.metadata.list({ ...query, limit, offset: walked.length })).entries);
        walked.push(...page.entries);
        after = page.next;
      } while (after);
      expect([placesOf(walked), placesOf(skipped)]).toEqual([placesOf(whole), placesOf(whole)]);
    }
    expect((await store.metadata.list({ ...query, offset: Number.MAX_SAFE_INTEGER - 2_000 })).entries).toEqual([]);
  }
}

async function isStable(store: SuiteStore): Promise<void> {
  const place = await filled(store);
  for (const sort of SORTS.filter(({ by }) => by === "key" || by === "namespace" || by === "created")) {
    const before = placesOf((await store.metadata.list(across(place, ALL, { sort }))).entries);
    const walked: string[] = [];
    let after: Cursor | undefined;
    for (let turn = 0; ; turn++) {
      const page = await store.metadata.list(across(place, ALL, { sort, after, limit: 2 }));
      walked.push(...placesOf(page.entries));
      after = page.next;
      if (!after) break;
      const key = `${sort.by}${sort.descending}${turn}`;
      await written(store, put(at(place, turn % 2 === 0 ? "a" : "zz", key)));
      if (turn > 0)
        await written(store, remove(at(place, turn % 2 === 1 ? "a" : "zz", key.replace(/\d+$/, `${turn - 1}`)), {}));
    }
    expect(new Set(walked).size).toBe(walked.length);
    expect(walked.filter((one) => before.includes(one))).toEqual(before);
  }
}

async function shadows(store: SuiteStore): Promise<void> {
  const place = freshTenant();
  const write = (namespace: string, key: string, type: "STRING" | "NUMBER" = "STRING") =>
    written(
      store,
      put(at(place, namespace, key), { value: valueAt(place, { type }), lifetime: { kind: "for", ttl: "PT1H" } }),
    );
  for (const key of ["above", "middle", "below", "deleted", "expired"]) await write("a", key);
  for (const key of ["middle", "below"]) await write("a.b", key, "NUMBER");
  for (const key of ["below", "deleted", "expired", "own"]) await write("a.b.c", key);
  await write("a.bc", "stranger");
  await written(store, remove(at(place, "a.b.c", "deleted")));
  await letExpire(store, at(place, "a.b.c", "expired"));
  const shown = ["a/above", "a.b.c/below", "a/deleted", "a/expired", "a.b/middle", "a.b.c/own"];
  expect(await found(store, across(place, NEAREST))).toEqual(shown);
  // What is asked for does not bring back what a nearer entry hides.
  expect(await found(store, across(place, NEAREST, { types: ["NUMBER"] }))).toEqual(["a.b/middle"]);
  const withExpired = await found(store, across(place, NEAREST, { expired: true }));
  expect(withExpired).toEqual(shown.toSpliced(4, 0, "a.b.c/expired"));
  const parents: Within = { kind: "nearest", names: NEAREST.kind === "nearest" ? NEAREST.names.slice(1) : [] };
  expect(await found(store, across(place, parents))).toEqual([
    "a/above",
    "a.b/below",
    "a/deleted",
    "a/expired",
    "a.b/middle",
  ]);
  expect(await found(store, across(place, { kind: "nearest", names: [] }))).toEqual([]);
}

async function filters(store: SuiteStore): Promise<void> {
  const place = freshTenant();
  const odd = ["100%", "under_score", "it's", '"quoted"', "back\\slash", "😀", "__proto__", "ÉCOLE"];
  for (const key of odd) {
    await written(store, put(at(place, "a", key), { labels: { [key]: key, n: "1" } }));
    const lifetime = { kind: "until", at: "2999-01-01T00:00:00Z" } as const;
    await written(
      store,
      put(at(place, "b", `x ${key}`), { value: valueAt(place, { type: "DATE" }), description: key, lifetime }),
    );
  }
  const sort: Sort = { by: "namespace", descending: false };
  for (const key of odd) {
    const both = across(place, ALL, { contains: key.toLowerCase(), sort });
    expect(await found(store, both)).toEqual([`a/${key}`, `b/x ${key}`]);
    expect(await found(store, across(place, ALL, { labels: Object.fromEntries([[key, key]]) }))).toEqual([`a/${key}`]);
    expect(await found(store, across(place, ALL, { prefix: key }))).toEqual([`a/${key}`]);
    const all = { contains: key.toUpperCase(), types: ["DATE"], expiresBefore: "2999-01-02T00:00:00Z" } as const;
    expect(await found(store, across(place, ALL, all))).toEqual([`b/x ${key}`]);
    expect(await found(store, across(place, { kind: "some", names: named("b") }, all))).toEqual([`b/x ${key}`]);
    expect(await found(store, across(place, { kind: "some", names: named("a") }, all))).toEqual([]);
    expect(await found(store, across(place, ALL, { ...all, labels: { n: "1" } }))).toEqual([]);
  }
  expect(await store.metadata.count(across(place, ALL, { labels: { n: "1" } }))).toBe(odd.length);
}

async function testsNames(store: SuiteStore): Promise<void> {
  const place = freshTenant();
  for (const namespace of ["a", "a-b", "a.b", "a.b.c", "a.bc", "a_b", "ab", "b.A"])
    await written(store, put(at(place, namespace, "k")));
  const of = async (tests: NameTests) => {
    const names = await found(
      store,
      across(place, { kind: "all", tests }, { sort: { by: "namespace", descending: false } }),
    );
    return names.map((name) => name.replace("/k", ""));
  };
  expect(await of({ startsWith: "a.b" })).toEqual(["a.b", "a.b.c", "a.bc"]);
  expect(await of({ under: "a" })).toEqual(["a", "a.b", "a.b.c", "a.bc"]);
  expect(await of({ under: "a.b" })).toEqual(["a.b", "a.b.c"]);
  expect(await of({ endsWith: "b" })).toEqual(["a-b", "a.b", "a_b", "ab"]);
  expect(await of({ contains: ".B" })).toEqual(["a.b", "a.b.c", "a.bc"]);
  expect(await of({ contains: "_" })).toEqual(["a_b"]);
  expect(await of({ contains: "%" })).toEqual([]);
  expect(await of({ startsWith: "a", noneOf: ["a", "ab", "a.b"], endsWith: "c" })).toEqual(["a.b.c", "a.bc"]);
  expect(await of({ startsWith: "a'; --", noneOf: ['"', "\\"] })).toEqual([]);
}

async function boundsUpdates(store: SuiteStore): Promise<void> {
  const place = freshTenant();
  const times: string[] = [];
  for (const key of ["a", "b", "c"]) times.push((await written(store, put(at(place, "n", key)))).updatedAt);
  const middle = times[1] ?? "";
  expect(await found(store, across(place, ALL, { updated: { after: middle } }))).toEqual(["n/c"]);
  expect(await found(store, across(place, ALL, { updated: { from: middle } }))).toEqual(["n/b", "n/c"]);
  expect(await found(store, across(place, ALL, { updated: { until: middle } }))).toEqual(["n/a", "n/b"]);
  expect(await found(store, across(place, ALL, { updated: { before: middle } }))).toEqual(["n/a"]);
  expect(await found(store, across(place, ALL, { updated: { from: middle, until: middle } }))).toEqual(["n/b"]);
}

async function keepsFew(store: SuiteStore): Promise<void> {
  const lists = await openList(store.database);
  for (const sort of SORTS)
    for (const within of [ALL, SOME, NEAREST])
      for (const query of [across(freshTenant(), within, { sort }), listOf(freshPlace(), { sort, contains: "x" })])
        await lists.list(query);
  await lists.list(listOf(freshPlace()));
  const kept = (part: string) =>
    look(
      store,
      `SELECT count(*) > 0 FROM pg_prepared_statements WHERE statement LIKE 'SELECT e.%' AND statement LIKE '%${part}%'`,
    );
  expect(await kept("n(name)")).toEqual([["f"]]);
  expect(await kept("ILIKE")).toEqual([["f"]]);
  expect(await kept("ORDER BY e.key ASC")).toEqual([["t"]]);
}

async function staysInside(store: SuiteStore): Promise<void> {
  const [mine, theirs] = [freshTenant(), freshTenant()];
  for (const place of [mine, theirs]) await written(store, put(at(place, "a", "k")));
  await written(store, put(at(theirs, "a.b.c", "k")));
  for (const within of [ALL, SOME, NEAREST]) expect(await found(store, across(mine, within))).toEqual(["a/k"]);
}
