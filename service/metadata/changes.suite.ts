import { describe, expect, it } from "vitest";
import type { Change, ChangeScope } from "../domain/change.ts";
import type { ChangesPage } from "../domain/change-store.ts";
import type { Place } from "../domain/entry.ts";
import type { NamespaceName, Tenant } from "../domain/namespace.ts";
import type { Metadata } from "../domain/stores.ts";
import { expire, freshPlace, letExpire, look, put, remove, type SuiteStore, sibling } from "./suite-store.ts";

/** What every database must do with the ordered log of changes. */
export function describeChanges(name: string, store: () => SuiteStore): void {
  describe(`${name}: the change log`, () => {
    it("tells of every put, delete and expiry, in order, with its revision and its author", () => tells(store()));
    it("tells of keys that a purge destroys", () => tellsOfPurges(store()));
    it("shows a scope: a namespace, those below it, a prefix", () => keepsToScopes(store()));
    it("goes on from page to page, past what is out of scope", () => pages(store()));
    it("begins at its end, so that a list and then a watch miss nothing", () => beginsAtEnd(store()));
    it("is trimmed by age, refuses a cursor from before, and one it never gave away", () => refuses(store()));
    it("misses nothing and doubles nothing while 8 writers write through two instances", () => races(store()), 60_000);
  });
}

export const scopeOf = ({ tenant, namespace }: Place, changes: Partial<ChangeScope> = {}): ChangeScope => ({
  tenant,
  namespace,
  children: false,
  prefix: "",
  ...changes,
});

const nextPage = async (
  { changes }: Metadata,
  scope: ChangeScope,
  after: number,
  limit = 1_000,
): Promise<ChangesPage> => changes.changes({ scope, after, limit, through: await changes.settled() });

/** The log shows what was answered before, however long a transaction in another database of the server takes. */
async function settled({ changes }: Metadata): Promise<void> {
  while ((await changes.lag()).ids > 0);
}

const pageOf: typeof nextPage = (metadata, ...query) => settled(metadata).then(() => nextPage(metadata, ...query));

const endOf = (metadata: Metadata, { tenant }: Place): Promise<number> =>
  settled(metadata).then(() => metadata.changes.end(tenant));

const brief = ({ key, kind, revision }: Change) => `${kind} ${key} ${revision}`;

async function tells(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const after = await endOf(store.metadata, at);
  const made = await store.metadata.commit(put(at, { by: "alice", door: "terraform" }));
  await store.second.commit(remove(at));
  await store.metadata.commit(put(at));
  await letExpire(store, at);
  await store.second.commit(expire(at));
  const { changes, upto } = await pageOf(store.second, scopeOf(at), after);
  expect(changes.map(brief)).toEqual(["put key 1", "delete key 2", "put key 3", "expire key 4"]);
  const entry = "entry" in made.verdict ? made.verdict.entry : undefined;
  expect(changes[0]).toEqual({
    ...at,
    id: changes[0]?.id,
    kind: "put",
    revision: 1,
    etag: entry?.etag,
    at: entry?.updatedAt,
    by: "alice",
    door: "terraform",
  });
  expect(upto).toBe(changes.at(-1)?.id);
  expect(changes.map(({ id }) => id)).toEqual(changes.map(({ id }) => id).sort((a, b) => a - b));
}

async function tellsOfPurges(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const after = await endOf(store.metadata, at);
  await store.metadata.commit(put(at));
  const { tenant, namespace } = at;
  const all = { expiredOnly: false, createdBefore: undefined, updatedBefore: undefined, prefix: undefined };
  await store.metadata.purge({ tenant, namespace, ...all, dryRun: false, by: "bob", door: "cli" }, "", 10);
  const { changes } = await pageOf(store.metadata, scopeOf(at), after);
  expect(changes.map(brief)).toEqual(["put key 1", "delete key 2"]);
  expect(changes[1]).toMatchObject({ by: "bob", door: "cli" });
}

async function keepsToScopes(store: SuiteStore): Promise<void> {
  const at = freshPlace("a/1");
  const after = await endOf(store.metadata, at);
  const below = { ...at, namespace: `${at.namespace}.below` as NamespaceName };
  const beside = { ...at, namespace: `${at.namespace}-beside` as NamespaceName };
  const elsewhere = { ...at, tenant: "elsewhere" as Tenant };
  for (const place of [at, sibling(at, "b/2"), below, beside, elsewhere]) await store.metadata.commit(put(place));
  const shown = async (scope: ChangeScope, from = after) =>
    (await pageOf(store.metadata, scope, from)).changes.map(({ namespace, key }) => `${namespace} ${key}`);
  const [own, other] = [`${at.namespace} a/1`, `${at.namespace} b/2`];
  expect(await shown(scopeOf(at))).toEqual([own, other]);
  expect(await shown(scopeOf(at, { prefix: "a/" }))).toEqual([own]);
  expect(await shown(scopeOf(at, { prefix: "%" }))).toEqual([]);
  expect(await shown(scopeOf(at, { children: true }))).toEqual([own, other, `${below.namespace} a/1`]);
  expect(await shown(scopeOf(at, { namespace: undefined }))).toHaveLength(4);
  expect(await shown(scopeOf(elsewhere), 0)).toEqual([own]);
}

async function pages(store: SuiteStore): Promise<void> {
  const [at, noise] = [freshPlace(), freshPlace()];
  let after = await endOf(store.metadata, at);
  for (let round = 0; round < 5; round++) {
    await store.metadata.commit(put(at));
    await store.metadata.commit(put(noise));
  }
  const revisions: number[] = [];
  for (let more = true; more; ) {
    const page = await pageOf(store.metadata, scopeOf(at), after, 2);
    expect(page.changes.length).toBeLessThanOrEqual(2);
    revisions.push(...page.changes.map(({ revision }) => revision));
    expect(page.upto).toBeGreaterThan(after);
    ({ upto: after, more } = page);
  }
  expect(revisions).toEqual([1, 2, 3, 4, 5]);
  // Nothing lies behind the last page, and nothing of the noise in front of the cursor.
  expect(await pageOf(store.metadata, scopeOf(noise), after)).toEqual({ changes: [], upto: after, more: false });
}

async function beginsAtEnd(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  await store.metadata.commit(put(at));
  const end = await endOf(store.second, at);
  expect((await pageOf(store.second, scopeOf(at), end)).changes).toEqual([]);
  await store.metadata.commit(put(at));
  expect((await pageOf(store.second, scopeOf(at), end)).changes.map(brief)).toEqual(["put key 2"]);
}

async function refuses(store: SuiteStore): Promise<void> {
  const at = { ...freshPlace(), tenant: "trimmed" as Tenant };
  await store.metadata.commit(put(at));
  await store.metadata.commit(put(at));
  const start = await store.metadata.changes.start(at.tenant);
  const [first, second] = (await pageOf(store.metadata, scopeOf(at), start)).changes;
  if (!first || !second) throw new Error("Two changes were made.");
  const age = (id: number) =>
    look(store, `UPDATE changes SET at = at - interval '30 days' WHERE id = ${id} AND tenant = 'trimmed' RETURNING 1`);
  await age(first.id);
  expect(await store.metadata.upkeep.trim(86_400_000, 10)).toBe(1);
  const gone = { fault: { kind: "changes_gone", after: first.id - 1, why: "trimmed" } };
  await expect(pageOf(store.metadata, scopeOf(at), first.id - 1)).rejects.toMatchObject(gone);
  expect((await pageOf(store.metadata, scopeOf(at), first.id)).changes).toEqual([second]);
  expect(await store.metadata.changes.start(at.tenant)).toBe(first.id);
  await age(second.id);
  expect(await store.second.upkeep.trim(86_400_000, 10)).toBe(1);
  expect(await endOf(store.metadata, at)).toBe(second.id);
  await expect(pageOf(store.metadata, scopeOf(at), second.id + 1_000_000)).rejects.toMatchObject({
    fault: { kind: "changes_gone", why: "unknown" },
  });
}

const WRITERS = 8;
const ROUNDS = 60;
const KEYS = 5;

async function races(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const scope = scopeOf(at);
  let writing = true;
  const reader = async (metadata: Metadata, from: number) => {
    const seen: Change[] = [];
    let after = from;
    // Once more after the writers are done, and until nothing more comes.
    for (let last = false; !last; ) {
      last = !writing;
      if (last) await settled(metadata);
      for (let more = true; more; ) {
        const page = await nextPage(metadata, scope, after, 7);
        seen.push(...page.changes);
        ({ upto: after, more } = page);
      }
    }
    return seen;
  };
  const writer = async (metadata: Metadata, index: number) => {
    for (let round = 0; round < ROUNDS; round++) {
      const place = sibling(at, `k${(index + round) % KEYS}`);
      await metadata.commit(round % 7 === 6 ? remove(place) : put(place));
    }
  };
  const from = await endOf(store.metadata, at);
  const readers = [reader(store.metadata, from), reader(store.second, from)];
  const writers = Array.from({ length: WRITERS }, (_, index) =>
    writer(index % 2 === 0 ? store.metadata : store.second, index),
  );
  await Promise.all(writers).finally(() => {
    writing = false;
  });
  const logged = await look(store, `SELECT id FROM changes WHERE namespace = '${at.namespace}' ORDER BY id`);
  for (const seen of await Promise.all(readers)) {
    expect(seen.map(({ id }) => `${id}`)).toEqual(logged.map(([id]) => id));
    for (let key = 0; key < KEYS; key++) {
      const revisions = seen.filter((change) => change.key === `k${key}`).map(({ revision }) => revision);
      expect(revisions).toEqual(revisions.map((_, index) => index + 1));
    }
  }
}
