import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import { IDEMPOTENCY_DAYS } from "../../api/limits.ts";
import type { Place } from "../domain/entry.ts";
import { NO_SETTINGS, putNamespace, removeNamespace } from "../domain/namespace-changes.ts";
import type { NamespaceRemoval } from "../domain/namespaces.ts";
import type { ObjectName } from "../domain/object.ts";
import { STEP_KEYS } from "./namespace-removal.ts";
import { createNamespaces } from "./namespaces.ts";
import { freshPlace, letExpire, look, put, remove, type SuiteStore, sibling, valueAt, written } from "./suite-store.ts";

const removalOf = ({ tenant, namespace }: Place, changes: Partial<NamespaceRemoval> = {}): NamespaceRemoval => ({
  tenant,
  name: namespace,
  only: { kind: "always" },
  force: true,
  by: "remover",
  door: "http",
  ...changes,
});

const removeAll = (store: SuiteStore, at: Place, changes: Partial<NamespaceRemoval> = {}): Promise<void> =>
  removeNamespace(createNamespaces(store.database), removalOf(at, changes), AbortSignal.timeout(60_000));

const inNamespace = ({ tenant, namespace }: Place) => `tenant = '${tenant}' AND namespace = '${namespace}'`;

const countOf = async (store: SuiteStore, table: string, where: string): Promise<number> =>
  Number((await look(store, `SELECT count(*) FROM ${table} WHERE ${where}`))[0]?.[0]);

/** What a deletion takes, what it leaves, and that no writer comes between. */
export function describeNamespaces(name: string, store: () => SuiteStore): void {
  describe(`${name}: namespaces`, () => {
    it("a deletion of many keys takes their history and tells of each", () => takesMany(store()));
    it("an object that others name stays alive by as much as they name", () => keepsShared(store()));
    it.each(DEAD)("without force, $what does not stand in the way", (row) => ignoresDead(store(), row));
    it("without force, one live key keeps everything, what is dead as well", () => keepsAll(store()));
    it("another revision's ETag keeps everything", () => keepsForAnother(store()));
    it("a text that is no ETag at all is only another one", () => keepsForNonsense(store()));
    it("namespaces below it stay", () => keepsBelow(store()));
    it("an old answer is forgotten with the next change of any namespace", () => forgetsAnswers(store()));
    it.each([true, false])("writers and a deletion (force: %s) at once leave the log and the rows agreeing", (force) =>
      agrees(store(), force),
    );
  });
}

async function takesMany(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const places = Array.from({ length: 2 * STEP_KEYS + 1 }, (_, n) => sibling(at, `k${n}`));
  await Promise.all(places.map((place) => written(store, put(place))));
  await written(store, put(sibling(at, "k1")));
  await written(store, remove(sibling(at, "k2")));
  await removeAll(store, at);
  for (const table of ["entries", "revisions"]) expect(await countOf(store, table, inNamespace(at))).toBe(0);
  expect(await countOf(store, "namespaces", `name = '${at.namespace}'`)).toBe(0);
  const dead = `name LIKE '%/${at.namespace}/%' AND live_bytes = 0 AND dead_since IS NOT NULL`;
  expect(await countOf(store, "objects", dead)).toBe(places.length + 1);
  expect(await countOf(store, "objects", `name LIKE '%/${at.namespace}/%' AND live_bytes <> 0`)).toBe(0);
  const told = `${inNamespace(at)} AND op = 'delete' AND by = 'remover'`;
  expect(await countOf(store, "changes", told)).toBe(places.length - 1); // k2 was deleted before
  expect(await countOf(store, "changes", `${told} AND key = 'k1' AND revision = 3`)).toBe(1);
}

async function keepsShared(store: SuiteStore): Promise<void> {
  const [at, other] = [freshPlace(), freshPlace()];
  const object = `${at.tenant}/shared/${uuidv7()}` as ObjectName;
  const slice = (offset: number, length: number) => ({ slice: { object, offset, length } });
  await written(store, put(at, { value: valueAt(at, slice(0, 3)) }));
  await written(store, put(sibling(at, "second"), { value: valueAt(at, slice(3, 4)) }));
  await written(store, put(other, { value: valueAt(other, slice(7, 5)) }));
  const bytes = async () =>
    (await look(store, `SELECT live_bytes, dead_since FROM objects WHERE name = '${object}'`))[0];
  await removeAll(store, at);
  expect(await bytes()).toEqual(["5", null]);
  await removeAll(store, other);
  expect(await bytes()).toEqual(["0", expect.any(String)]);
}

const DEAD = [
  {
    what: "a deleted key",
    kill: async (store: SuiteStore, at: Place) => void (await written(store, remove(at))),
    ops: ["put", "delete"],
  },
  { what: "an expired key", kill: letExpire, ops: ["put", "expire"] },
] as const;

async function ignoresDead(store: SuiteStore, { kill, ops }: (typeof DEAD)[number]): Promise<void> {
  const at = freshPlace();
  await written(store, put(at, { lifetime: { kind: "for", ttl: "PT1H" } }));
  await kill(store, at);
  await removeAll(store, at, { force: false });
  expect(await countOf(store, "namespaces", `name = '${at.namespace}'`)).toBe(0);
  const log = await look(store, `SELECT op FROM changes WHERE ${inNamespace(at)} ORDER BY id`);
  expect(log.map(([op]) => op)).toEqual(ops);
}

async function keepsAll(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  await written(store, put(at));
  await written(store, put(sibling(at, "dead")));
  await written(store, remove(sibling(at, "dead")));
  await expect(removeAll(store, at, { force: false })).rejects.toMatchObject({
    fault: { kind: "namespace_not_empty", keys: 1 },
  });
  expect(await countOf(store, "revisions", inNamespace(at))).toBe(3);
}

async function keepsForAnother(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  await written(store, put(at));
  const changed = { fault: { kind: "namespace_changed" } };
  const only = { kind: "etag", etag: uuidv7() } as const;
  await expect(removeAll(store, at, { only })).rejects.toMatchObject(changed);
  const namespaces = createNamespaces(store.database);
  const place = { tenant: at.tenant, name: at.namespace };
  await expect(putNamespace(namespaces, place, only, NO_SETTINGS, "tester")).rejects.toMatchObject(changed);
  expect(await store.metadata.find(at)).toMatchObject({ state: "live" });
  const { etag } = await putNamespace(namespaces, place, { kind: "undeclared" }, NO_SETTINGS, "tester");
  await removeAll(store, at, { only: { kind: "etag", etag } });
  expect(await store.metadata.find(at)).toBeUndefined();
}

async function keepsForNonsense(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  await written(store, put(at));
  const only = { kind: "etag", etag: "what a caller made up" } as const;
  await expect(removeAll(store, at, { only })).rejects.toMatchObject({ fault: { kind: "namespace_changed" } });
}

async function keepsBelow(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const below = { ...at, namespace: `${at.namespace}.below` as Place["namespace"] };
  const beside = { ...at, namespace: `${at.namespace}-beside` as Place["namespace"] };
  for (const place of [at, below, beside]) await written(store, put(place));
  await removeAll(store, at);
  for (const place of [below, beside]) expect(await store.metadata.find(place)).toMatchObject({ state: "live" });
}

async function forgetsAnswers(store: SuiteStore): Promise<void> {
  const [at, other] = [freshPlace(), freshPlace()];
  const change = ({ tenant, namespace: name }: Place, idempotencyKey: string) =>
    putNamespace(createNamespaces(store.database), { tenant, name }, { kind: "always" }, NO_SETTINGS, "tester", {
      idempotencyKey,
      request: "asked",
    });
  for (const key of ["old", "young"]) await change(at, key);
  const mine = `name = '${at.namespace}'`;
  const age = `now() - interval '${IDEMPOTENCY_DAYS} days 1 minute'`;
  await look(
    store,
    `UPDATE namespace_answers SET answered_at = ${age} WHERE ${mine} AND idempotency_key = 'old' RETURNING 1`,
  );
  await change(other, "another");
  expect(await look(store, `SELECT idempotency_key FROM namespace_answers WHERE ${mine}`)).toEqual([["young"]]);
}

/** Writers on four keys, one of them by patch; deletions until all of them are done. Then the rows tell one story. */
async function agrees(store: SuiteStore, force: boolean): Promise<void> {
  const at = freshPlace();
  const acknowledged: string[] = [];
  let writing = true;
  const write = async (place: Place, turns: number) => {
    for (let n = 0; n < turns; n++) {
      const asked = n % 3 === 2 ? remove(place) : put(place);
      const { verdict } = await (n % 2 ? store.metadata : store.second).commit(asked);
      if (verdict.kind === "written") acknowledged.push(verdict.entry.etag);
      else expect(verdict.kind).toBe("absent");
    }
  };
  const deletions = async () => {
    let [done, refused] = [0, 0];
    while (writing) {
      await removeAll(store, at, { force }).then(
        () => done++,
        (error: { fault?: { kind: string } }) => {
          expect(["not_found", "namespace_not_empty"]).toContain(error.fault?.kind);
          refused++;
        },
      );
    }
    return done + refused;
  };
  const deleter = deletions();
  await Promise.all(["a", "b", "c", "d"].map((key) => write(sibling(at, key), 100)));
  writing = false;
  expect(await deleter).toBeGreaterThan(0);
  await tellsOneStory(store, at, acknowledged);
  if (!force) expect(await countOf(store, "changes", `${inNamespace(at)} AND by = 'remover'`)).toBe(0);
}

async function tellsOneStory(store: SuiteStore, at: Place, acknowledged: readonly string[]): Promise<void> {
  const log = await look(store, `SELECT key, etag, op FROM changes WHERE ${inNamespace(at)} ORDER BY id`);
  const logged = new Set(log.map(([, etag]) => etag));
  expect(acknowledged.filter((etag) => !logged.has(etag))).toEqual([]);
  const last = new Map(log.map(([key, etag, op]) => [key, { etag, op }]));
  const alive = [...last].flatMap(([key, { etag, op }]) => (op === "put" ? [`${key} ${etag}`] : [])).sort();
  const rows = await look(store, `SELECT key, etag FROM entries WHERE ${inNamespace(at)} AND gone IS NULL`);
  expect(rows.map(([key, etag]) => `${key} ${etag}`).sort()).toEqual(alive);
  const orphans = `${inNamespace(at)} AND key NOT IN (SELECT e.key FROM entries e WHERE e.tenant = '${at.tenant}' AND e.namespace = '${at.namespace}')`;
  expect(await countOf(store, "revisions", orphans)).toBe(0);
  const wrong = `o.name LIKE '%/${at.namespace}/%' AND (o.live_bytes <> (SELECT coalesce(sum(r.object_length), 0)
    FROM revisions r WHERE r.tenant = o.tenant AND r.object = o.name) OR (o.live_bytes = 0) <> (o.dead_since IS NOT NULL))`;
  expect(await countOf(store, "objects o", wrong)).toBe(0);
}
