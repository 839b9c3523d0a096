import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { REVISIONS_KEPT_DEFAULT } from "../../api/limits.ts";
import type { Place } from "../domain/entry.ts";
import type { Metadata, Verdict, Write } from "../domain/stores.ts";
import {
  expire,
  freshPlace,
  look,
  patch,
  put,
  remove,
  type SuiteStore,
  sibling,
  valueAt,
  whereOf,
} from "./suite-store.ts";

/** Many writers at once, through two instances. */
export function describeStorms(name: string, store: () => SuiteStore): void {
  describe(`${name}: many writers`, () => {
    it("of 50 parallel creates of one key exactly one is made", () => createsOnce(store()));
    it("16 writers that compare and set count each win once", () => countsWins(store()));
    it("writes of one key through one instance are made one after another", () => keepsOrder(store()));
    it("a write that is sent 20 times at once is made once", () => isMadeOnce(store()));
    it("after a storm every table agrees with every other", () => storm(store()), 120_000);
  });
}

const both = ({ metadata, second }: SuiteStore): readonly Metadata[] => [metadata, second];

const through = (store: SuiteStore, index: number): Metadata => both(store)[index % 2] ?? store.metadata;

async function createsOnce(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const create = (index: number) => through(store, index).commit(put(at, { only: { kind: "absent" } }));
  const verdicts = await Promise.all(Array.from({ length: 50 }, (_, index) => create(index)));
  const kinds = verdicts.map(({ verdict }) => verdict.kind);
  expect(kinds.filter((kind) => kind === "written")).toHaveLength(1);
  expect(kinds.filter((kind) => kind === "exists")).toHaveLength(49);
  expect(await store.metadata.find(at)).toMatchObject({ state: "live", entry: { revision: 1 } });
}

async function countsWins(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  await store.metadata.commit(put(at));
  let wins = 0;
  const compete = async (index: number) => {
    const metadata = through(store, index);
    for (let round = 0; round < 20; round++) {
      const found = await metadata.find(at);
      const only = { kind: "etag", etag: found?.entry.etag ?? "" } as const;
      const { verdict } = await metadata.commit(put(at, { only }));
      if (verdict.kind === "written") wins++;
      else expect(verdict.kind).toBe("stale");
    }
  };
  await Promise.all(Array.from({ length: 16 }, (_, index) => compete(index)));
  expect(wins).toBeGreaterThan(0);
  expect((await store.metadata.find(at))?.entry.revision).toBe(1 + wins);
}

async function keepsOrder(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const answers = await Promise.all(Array.from({ length: 30 }, () => store.metadata.commit(put(at))));
  const revisions = answers.map(({ verdict }) => verdict.kind === "written" && verdict.entry.revision);
  expect(revisions).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
}

async function isMadeOnce(store: SuiteStore): Promise<void> {
  const at = freshPlace();
  const asked = put(at, { only: { kind: "absent" } });
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => through(store, index).commit(asked)));
  const kinds = answers.map(({ verdict }) => verdict.kind).sort();
  expect(kinds).toEqual([...Array.from({ length: 19 }, () => "repeated"), "written"]);
}

/** One step of a writer: which key, which action, under which precondition, how long it shall live. */
const step = fc.record({
  key: fc.constantFrom("a", "b", "c", "d", "e"),
  action: fc.constantFrom("put", "put", "put", "patch", "patch value", "delete", "expire", "restore"),
  only: fc.constantFrom("always", "always", "absent", "present", "seen"),
  ttl: fc.constantFrom(undefined, "PT0.01S", "PT1H"),
  length: fc.integer({ min: 1, max: 1_000 }),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

const WRITERS = 12;
const STEPS = 40;

async function storm(store: SuiteStore): Promise<void> {
  const seed = Number(process.env["NSKV_TEST_SEED"] ?? Date.now() % 2 ** 31);
  console.info(`The storm's seed is ${seed}; NSKV_TEST_SEED=${seed} repeats its steps.`);
  const at = freshPlace();
  const few = `UPDATE namespaces SET max_revisions = 4 WHERE name = '${at.namespace}' RETURNING 1`;
  const [scripts] = fc.sample(
    fc.array(fc.array(step, { minLength: STEPS, maxLength: STEPS }), { minLength: WRITERS, maxLength: WRITERS }),
    { seed, numRuns: 1 },
  );
  const verdicts: Verdict[] = [];
  const writer = async (steps: readonly Step[], index: number) => {
    for (const [number, one] of steps.entries()) {
      // Half-way history becomes shorter, so that one write prunes several revisions.
      if (index === 0 && number === STEPS / 2) await look(store, few);
      verdicts.push((await through(store, index).commit(await writeOf(store, at, one, index))).verdict);
    }
  };
  await Promise.all((scripts ?? []).map(writer));
  expect(verdicts).toHaveLength(WRITERS * STEPS);
  const made = verdicts.filter(({ kind }) => kind === "written").length;
  expect(made).toBeGreaterThan(WRITERS);
  await expectAgreement(store, at, made);
}

async function writeOf(store: SuiteStore, within: Place, one: Step, index: number): Promise<Write> {
  const at = sibling(within, one.key);
  const found = await through(store, index).find(at);
  const only: Write["only"] =
    one.only === "seen" ? { kind: "etag", etag: found?.entry.etag ?? "none" } : { kind: one.only };
  const lifetime: Write["lifetime"] = one.ttl ? { kind: "for", ttl: one.ttl } : { kind: "keep" };
  const fresh = valueAt(at);
  const value = { ...fresh, slice: { ...fresh.slice, length: one.length }, size: one.length };
  if (one.action === "put") return put(at, { only, lifetime, value });
  if (one.action === "patch") return patch(at, { only, lifetime, description: one.key });
  if (one.action === "patch value") return patch(at, { only, lifetime, value });
  if (one.action === "delete") return remove(at, { only });
  if (one.action === "expire") return expire(at);
  // A restore names bytes that history names already.
  const old = await look(
    store,
    `SELECT object, object_length FROM revisions WHERE ${whereOf(at)} AND object IS NOT NULL LIMIT 1`,
  );
  const [object, length] = old[0] ?? [];
  // Made conditional on the revision that was seen, as a restore must be: else history may have let go of the bytes.
  const guard: Write["only"] = found?.state === "live" ? { kind: "etag", etag: found.entry.etag } : only;
  if (!object || guard.kind !== "etag") return put(at, { only, lifetime, value });
  const slice = { object: object as typeof fresh.slice.object, offset: 0, length: Number(length) };
  return put(at, { only: guard, lifetime, value: { ...fresh, slice, size: slice.length } });
}

/** Each query finds what must not be. */
async function expectAgreement(store: SuiteStore, { namespace }: Place, made: number): Promise<void> {
  const within = `namespace = '${namespace}'`;
  const none = async (text: string) => expect(await look(store, text)).toEqual([]);
  const named = `SELECT object, sum(object_length) AS bytes FROM revisions WHERE ${within} AND object IS NOT NULL GROUP BY 1`;
  await none(`SELECT o.name, o.live_bytes, r.bytes FROM objects o FULL JOIN (${named}) r ON r.object = o.name
    WHERE coalesce(o.name, r.object) LIKE 'main/${namespace}/%'
    AND (o.live_bytes IS DISTINCT FROM coalesce(r.bytes, 0) OR (o.dead_since IS NOT NULL) <> (o.live_bytes = 0))`);
  await none(`SELECT e.key FROM entries e WHERE ${within} AND NOT EXISTS (
    SELECT 1 FROM revisions r WHERE r.tenant = e.tenant AND r.namespace = e.namespace AND r.key = e.key
    AND r.revision = e.revision AND r.etag = e.etag AND r.object IS NOT DISTINCT FROM e.object
    AND r.gone IS NOT DISTINCT FROM e.gone AND r.updated_at = e.updated_at AND r.labels = e.labels
    AND r.expires_at IS NOT DISTINCT FROM e.expires_at AND r.created_at = e.created_at)`);
  await none(`SELECT r.key FROM revisions r JOIN entries e USING (tenant, namespace, key) WHERE r.${within}
    AND (r.revision > e.revision OR r.revision <= e.revision - ${REVISIONS_KEPT_DEFAULT})`);
  // Every revision was logged once, and the log's order is the order of revisions and of time.
  await none(`SELECT key FROM (SELECT key, revision, at, row_number() OVER (PARTITION BY key ORDER BY id) AS place,
      lag(at) OVER (PARTITION BY key ORDER BY id) AS before FROM changes WHERE ${within}) c
    WHERE c.revision <> c.place OR c.before > c.at`);
  await none(`SELECT e.key FROM entries e WHERE ${within}
    AND (SELECT count(*) FROM changes c WHERE c.namespace = e.namespace AND c.key = e.key) <> e.revision`);
  expect(await look(store, `SELECT count(*) FROM changes WHERE ${within}`)).toEqual([[String(made)]]);
}
