import { setTimeout as sleep } from "node:timers/promises";
import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import type { Place } from "../domain/entry.ts";
import { newPackName } from "../domain/object.ts";
import type { Metadata, Write } from "../domain/stores.ts";
import { freshPlace, letExpire, look, put, remove, type SuiteStore, sibling, valueAt, written } from "./suite-store.ts";

/** Writes that all happen or none. */
export function describeTogether(name: string, store: () => SuiteStore): void {
  describe(`${name}: all or none`, () => {
    it("all are made when none is refused, and a delete of nothing refuses nothing", () => makesAll(store()));
    it("none is made when one is refused, and the refused ones are named", () => makesNone(store()));
    it("what some writes of a batch have in common is theirs alone", () => keepsApart(store()));
    it("a batch that is sent again is recognised", () => recognises(store()));
    it("10,000 new keys, and the same again as replacements", () => makesMany(store()), 120_000);
    it("values that share an object are counted together", () => countsSlices(store()));
    it("of many batches with the same keys, half of them new, each is whole", () => staysWhole(store()), 120_000);
    it("a key that another writer makes in its middle undoes the others", () => isOvertaken(store()), 120_000);
  });
}

const keysOf = (at: Place, count: number): readonly Place[] =>
  Array.from({ length: count }, (_, index) => sibling(at, `k${index}`));

async function makesAll(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const [replaced, expired, made, missing] = ["replaced", "expired", "made", "missing"].map((key) => sibling(at, key));
  if (!replaced || !expired || !made || !missing) throw new Error("four keys");
  await written(store, put(replaced));
  await written(store, put(expired, { lifetime: { kind: "for", ttl: "PT1H" } }));
  await letExpire(store, expired);
  const absent = { only: { kind: "absent" } } as const;
  const writes = [put(replaced), put(expired, absent), put(made, absent), remove(missing)];
  const { happened, verdicts, certain } = await store.metadata.commitAll(writes);
  expect([happened, certain]).toEqual([true, true]);
  expect(verdicts.map((verdict) => verdict?.kind)).toEqual(["written", "written", "written", "absent"]);
  expect(verdicts.map((verdict) => verdict?.kind === "written" && verdict.created)).toEqual([false, true, true, false]);
  expect(await store.metadata.find(replaced)).toMatchObject({ state: "live", entry: { revision: 2 } });
  expect(await store.metadata.find(made)).toMatchObject({ state: "live", entry: { etag: writes[2]?.etag } });
}

async function makesNone(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const there = await written(store, put(at));
  const before = await look(store, `SELECT count(*) FROM changes WHERE namespace = '${at.namespace}'`);
  const { happened, verdicts } = await store.metadata.commitAll([
    put(sibling(at, "new")),
    put(at, { only: { kind: "absent" } }),
    put(sibling(at, "missing"), { only: { kind: "etag", etag: uuidv7() } }),
    remove(sibling(at, "nothing")),
    put(sibling(at, "late"), { lifetime: { kind: "until", at: "2001-02-03T04:05:06Z" } }),
  ]);
  expect(happened).toBe(false);
  expect(verdicts.map((verdict) => verdict?.kind)).toEqual([undefined, "exists", "stale", "absent", "past"]);
  expect(await store.metadata.find(at)).toEqual({ state: "live", entry: there });
  expect(await store.metadata.find(sibling(at, "new"))).toBeUndefined();
  expect(await look(store, `SELECT count(*) FROM changes WHERE namespace = '${at.namespace}'`)).toEqual(before);
  const alone = freshPlace();
  await store.metadata.commitAll([put(alone, { only: { kind: "present" } }), put(sibling(alone, "other"))]);
  expect(await look(store, `SELECT 1 FROM namespaces WHERE name = '${alone.namespace}'`)).toEqual([]);
}

async function keepsApart(store: SuiteStore): Promise<void> {
  const [at, elsewhere] = [freshPlace(), freshPlace()];
  const object = newPackName(at);
  await written(store, put(elsewhere));
  await look(store, `UPDATE namespaces SET default_ttl = 'PT1H' WHERE name = '${elsewhere.namespace}' RETURNING 1`);
  // By turns, so that neither place nor order tells which of them are alike; one has all for itself.
  const said = [{ description: null }, { description: "odd", labels: { a: "b" } }, { by: "another", secret: true }];
  const writes = Array.from({ length: 9 }, (_, index) => {
    const place = sibling(index % 3 === 2 ? elsewhere : at, `k${9 - index}`);
    const value = valueAt(place, {
      slice: { object, offset: index * 8, length: 7 },
      digest: { hex: `0${index}`, keyId: "k" },
    });
    return put(place, { value, ...said[index % 3], ...(index === 4 ? { description: "own" } : {}) });
  });
  const { happened } = await store.metadata.commitAll(writes);
  expect(happened).toBe(true);
  for (const { at: place, etag, value, description, labels, secret, by } of writes) {
    const entry = (await store.metadata.find(place))?.entry;
    const expected = { ...place, ...value, etag, labels: labels ?? {}, secret: secret ?? false, updatedBy: by };
    expect(entry).toMatchObject(expected);
    expect(entry?.description).toBe(description ?? undefined);
    expect(entry?.defaultTtl).toBe(place.namespace === elsewhere.namespace ? "PT1H" : undefined);
  }
  const logged = await look(
    store,
    `SELECT key FROM changes WHERE namespace IN ('${at.namespace}', '${elsewhere.namespace}') ORDER BY id OFFSET 1`,
  );
  expect(logged).toEqual(writes.map(({ at: { key } }) => [key]));
}

async function recognises(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const gone = sibling(at, "gone");
  await written(store, put(gone));
  const writes = [put(at, { only: { kind: "absent" } }), remove(gone)];
  const first = await store.metadata.commitAll(writes);
  const second = await store.metadata.commitAll(writes);
  expect(second.happened).toBe(true);
  expect(second.verdicts).toEqual(first.verdicts.map((verdict) => ({ ...verdict, kind: "repeated" })));
}

async function makesMany(store: SuiteStore): Promise<void> {
  const places = keysOf(freshPlace(), 10_000);
  for (const revision of [1, 2]) {
    const { happened, verdicts } = await store.metadata.commitAll(places.map((at) => put(at)));
    expect(happened).toBe(true);
    const revisions = new Set(verdicts.map((verdict) => verdict?.kind === "written" && verdict.entry.revision));
    expect(revisions).toEqual(new Set([revision]));
  }
}

async function countsSlices(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const object = newPackName(at);
  const packed = keysOf(at, 5).map((place, index) =>
    put(place, { value: valueAt(place, { slice: { object, offset: index * 8, length: 7 }, size: 7 }) }),
  );
  const live = () => look(store, `SELECT live_bytes, dead_since IS NULL FROM objects WHERE name = '${object}'`);
  await store.metadata.commitAll(packed.slice(0, 3));
  expect(await live()).toEqual([["21", "t"]]);
  // Through the other way as well: one object is one row, whoever names it.
  await Promise.all(packed.slice(3).map((one) => store.metadata.commit(one)));
  expect(await live()).toEqual([["35", "t"]]);
  await look(store, `UPDATE namespaces SET max_revisions = 1 WHERE name = '${at.namespace}' RETURNING 1`);
  await store.metadata.commitAll(packed.slice(0, 4).map(({ at: place }) => put(place)));
  expect(await live()).toEqual([["7", "t"]]);
  await store.metadata.commitAll(packed.slice(4).map(({ at: place }) => remove(place)));
  expect(await live()).toEqual([["0", "f"]]);
}

async function staysWhole(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const places = keysOf(at, 40);
  for (const place of places.slice(0, 20)) await written(store, put(place));
  const attempt = async (metadata: Metadata, round: number): Promise<boolean> => {
    // In another order each time, and with one ETag, so that one refusal must undo all.
    const found = await metadata.find(places[0] ?? at);
    const only: Write["only"] = { kind: "etag", etag: found?.entry.etag ?? "" };
    const order = [...places.slice(1)].sort((a, b) => (a.key.at(-1) === `${round}` ? -1 : b.key < a.key ? -1 : 1));
    const writes = [put(places[0] ?? at, { only }), ...order.map((place) => put(place))];
    return (await metadata.commitAll(writes)).happened;
  };
  const outcomes = await Promise.all(
    Array.from({ length: 10 }, (_, round) => attempt(round % 2 ? store.metadata : store.second, round)),
  );
  const wins = outcomes.filter(Boolean).length;
  expect(wins).toBeGreaterThan(0);
  const revisions = await Promise.all(places.map(async (place) => (await store.metadata.find(place))?.entry.revision));
  expect(revisions).toEqual(places.map((_, index) => (index < 20 ? 1 + wins : wins)));
}

async function isOvertaken(store: SuiteStore): Promise<void> {
  for (let round = 0; round < 12; round++) {
    const places = keysOf(freshPlace(), 400);
    const only = { kind: "absent" } as const;
    // The other one takes the key that the statement comes to last, a little later each time.
    const contested = sibling(places[0] as Place, "z");
    const [{ happened }, single] = await Promise.all([
      store.metadata.commitAll([...places, contested].map((at) => put(at, { only }))),
      sleep(round * 5).then(() => store.second.commit(put(contested, { only }))),
    ]);
    expect(single.verdict.kind).toBe(happened ? "exists" : "written");
    const found = await Promise.all(places.map((at) => store.metadata.find(at)));
    expect(found.filter((one) => one !== undefined)).toHaveLength(happened ? places.length : 0);
  }
}
