import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import type { Place } from "../domain/entry.ts";
import { newObjectName } from "../domain/object.ts";
import type { Metadata } from "../domain/stores.ts";
import { BACKUP_LEASE } from "../domain/upkeep-store.ts";
import {
  commit,
  freshPlace,
  letExpire,
  look,
  put,
  remove,
  type SuiteStore,
  sibling,
  valueAt,
  whereOf,
  written,
} from "./suite-store.ts";

/** What sweep and restore may rely on, statement by statement. */
export function describeUpkeep(name: string, store: () => SuiteStore): void {
  describe(`${name}: upkeep`, () => {
    it("a lease has one holder, who may renew it and give it back", () => leases(store()));
    it("expired entries are found, once they are old enough", () => findsExpired(store()));
    it("a tombstone goes with its history, and its objects die", () => forgets(store()));
    it("a tombstone that came back to life stays", () => keepsRevived(store()));
    it("history follows a namespace that keeps less now, page by page", () => prunes(store()));
    it("dead objects are listed and buried, live ones never", () => buries(store()));
    it("dead objects are nobody's while a backup has its lease", () => sparesBackups(store()));
    it("an object that has died is never named again", () => staysDead(store()));
    it("a restore needs its revision, by number and ETag", () => needsRevision(store()));
    it("restores that race with the removal of their revision name no dead object", () => races(store()), 120_000);
  });
}

async function leases({ metadata, second }: SuiteStore): Promise<void> {
  const [one, other, name] = [uuidv7(), uuidv7(), uuidv7()];
  const first = await metadata.upkeep.take(name, one, 60_000);
  expect(Math.abs((first ?? 0) - Date.now())).toBeLessThan(3_600_000);
  expect(await second.upkeep.take(name, other, 60_000)).toBeUndefined();
  expect(await metadata.upkeep.take(name, one, 60_000)).toBeDefined();
  await metadata.upkeep.take(name, one, 0);
  expect(await second.upkeep.take(name, other, 60_000)).toBeDefined();
  expect(await metadata.upkeep.take(name, one, 60_000)).toBeUndefined();
}

async function findsExpired(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const { etag } = await written(store, put(at, { lifetime: { kind: "for", ttl: "PT1H" } }));
  const found = async (ageMs: number) =>
    (await store.metadata.upkeep.expired(ageMs, ALL)).filter((one) => one.at.namespace === at.namespace);
  expect(await found(0)).toEqual([]);
  await letExpire(store, at);
  expect(await found(0)).toEqual([{ at, etag }]);
  expect(await found(3_600_000)).toEqual([]);
}

async function forgets(store: SuiteStore): Promise<void> {
  const [gone, live] = [freshPlace(), freshPlace()];
  for (const at of [gone, live]) await written(store, put(at));
  await written(store, put(gone));
  await written(store, remove(gone));
  expect((await store.metadata.upkeep.forget(3_600_000, 1_000)).keys).toBe(0);
  expect(await store.metadata.find(gone)).toMatchObject({ state: "gone" });
  await age(store, "entries", "updated_at", gone);
  expect(await store.metadata.upkeep.forget(3_600_000, 1_000)).toEqual({ seen: 1, keys: 1, revisions: 3 });
  expect(await store.metadata.find(gone)).toBeUndefined();
  expect(await store.metadata.history.revisions({ at: gone, before: undefined, limit: 10 })).toEqual([]);
  expect(await store.metadata.find(live)).toMatchObject({ state: "live" });
  await expectCounted(store, gone);
  expect(await written(store, put(gone))).toMatchObject({ revision: 1 });
}

async function keepsRevived(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  await written(store, put(at));
  await written(store, remove(at));
  await written(store, put(at));
  await age(store, "entries", "updated_at", at);
  expect((await store.metadata.upkeep.forget(3_600_000, 1_000)).keys).toBe(0);
  expect(await store.metadata.find(at)).toMatchObject({ state: "live", entry: { revision: 3 } });
}

async function prunes(store: SuiteStore): Promise<void> {
  const first = freshPlace("a");
  const places = ["a", "b", "c"].map((key) => sibling(first, key));
  for (const at of places) for (let n = 0; n < 5; n++) await written(store, put(at));
  await look(store, `UPDATE namespaces SET max_revisions = 2 WHERE name = '${first.namespace}' RETURNING 1`);
  let after = { tenant: first.tenant as string, namespace: first.namespace as string, key: "" };
  let revisions = 0;
  for (const at of places) {
    const page = await store.metadata.upkeep.prune(after, 1);
    expect(page).toMatchObject({ seen: 1, next: { key: at.key } });
    after = page.next ?? after;
    revisions += page.revisions;
  }
  expect(revisions).toBe(9);
  const left = await store.metadata.history.revisions({ at: first, before: undefined, limit: 10 });
  expect(left.map(({ revision }) => revision)).toEqual([5, 4]);
  await expectCounted(store, first);
  const beyond = { tenant: "\u{10ffff}", namespace: "", key: "" };
  expect(await store.metadata.upkeep.prune(beyond, 1)).toEqual({ seen: 0, keys: 0, revisions: 0, next: undefined });
}

/** More than all suites together leave behind in one database. */
const ALL = 100_000;

async function buries(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const { slice: old } = await written(store, put(at));
  await look(store, `UPDATE namespaces SET max_revisions = 1 WHERE name = '${at.namespace}' RETURNING 1`);
  const { slice } = await written(store, put(at));
  expect(await store.metadata.upkeep.dead(3_600_000, ALL)).not.toContain(old.object);
  const dead = await store.metadata.upkeep.dead(0, ALL);
  expect(dead).toContain(old.object);
  expect(dead).not.toContain(slice.object);
  const stranger = newObjectName(at);
  const all = [old.object, slice.object, stranger];
  expect(await store.metadata.upkeep.unknown(all)).toEqual([stranger]);
  await store.metadata.upkeep.bury(all);
  expect(await store.metadata.upkeep.unknown(all)).toEqual([old.object, stranger]);
}

async function sparesBackups(store: SuiteStore): Promise<void> {
  const { upkeep } = store.metadata;
  const at = freshPlace();
  const { slice } = await written(store, put(at));
  await look(store, `UPDATE namespaces SET max_revisions = 1 WHERE name = '${at.namespace}' RETURNING 1`);
  await written(store, put(at));
  expect(await upkeep.dead(0, ALL)).toContain(slice.object);
  const holder = uuidv7();
  expect(await upkeep.isTaken(BACKUP_LEASE)).toBe(false);
  await store.second.upkeep.take(BACKUP_LEASE, holder, 60_000);
  expect(await upkeep.isTaken(BACKUP_LEASE)).toBe(true);
  expect(await upkeep.dead(0, ALL)).toEqual([]);
  await store.second.upkeep.take(BACKUP_LEASE, holder, 0);
  expect(await upkeep.isTaken(BACKUP_LEASE)).toBe(false);
  expect(await upkeep.dead(0, ALL)).toContain(slice.object);
}

async function staysDead(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const { slice } = await written(store, put(at));
  await look(store, `UPDATE namespaces SET max_revisions = 1 WHERE name = '${at.namespace}' RETURNING 1`);
  await written(store, put(at));
  expect(await commit(store, put(at, { value: valueAt(at, { slice }) }))).toEqual({ kind: "late" });
}

async function needsRevision(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const { slice, etag, revision } = await written(store, put(at));
  await written(store, remove(at));
  const restore = (held: { revision: number; etag: string }) =>
    commit(store, put(at, { value: valueAt(at, { slice }), restores: held }));
  expect(await restore({ revision, etag: uuidv7() })).toEqual({ kind: "pruned" });
  expect(await restore({ revision: 2, etag })).toEqual({ kind: "pruned" });
  expect(await restore({ revision, etag })).toMatchObject({ kind: "written", created: true, entry: { slice } });
  await expectCounted(store, at);
}

/** The removal here takes no ETag with it, as the sweep's: only the lock of the revision itself can tell. */
async function races(store: SuiteStore): Promise<void> {
  const kinds = new Set<string>();
  for (let round = 0; round < 60; round++) {
    const at = freshPlace();
    const { slice, etag, revision } = await written(store, put(at));
    await written(store, put(at));
    await look(store, `UPDATE namespaces SET max_revisions = 1 WHERE name = '${at.namespace}' RETURNING 1`);
    const after = { tenant: at.tenant, namespace: at.namespace, key: "" };
    const restored = (metadata: Metadata) =>
      metadata.commit(put(at, { value: valueAt(at, { slice }), restores: { revision, etag } }));
    const [{ verdict }] = await Promise.all([restored(store.second), store.metadata.upkeep.prune(after, 1)]);
    kinds.add(verdict.kind);
    await expectCounted(store, at);
    const found = await store.metadata.find(at);
    const row = `SELECT 1 FROM objects WHERE name = '${found?.entry.slice.object}' AND live_bytes > 0`;
    expect(await look(store, row)).toHaveLength(1);
  }
  for (const kind of kinds) expect(["written", "pruned"]).toContain(kind);
}

const age = (store: SuiteStore, table: string, column: string, at: Place) =>
  look(store, `UPDATE ${table} SET ${column} = ${column} - interval '2 hours' WHERE ${whereOf(at)} RETURNING 1`);

/** Live bytes are what revisions name, and an object without any is dead. */
export async function expectCounted(store: SuiteStore, { namespace }: Place): Promise<void> {
  const wrong = await look(
    store,
    `SELECT coalesce(o.name, r.object) FROM objects o FULL JOIN (SELECT object, sum(object_length) AS bytes FROM revisions
      WHERE namespace = '${namespace}' AND object IS NOT NULL GROUP BY 1) r ON r.object = o.name
    WHERE coalesce(o.name, r.object) LIKE 'main/${namespace}/%'
    AND (o.live_bytes IS DISTINCT FROM coalesce(r.bytes, 0) OR (o.dead_since IS NOT NULL) <> (o.live_bytes = 0))`,
  );
  expect(wrong).toEqual([]);
}
