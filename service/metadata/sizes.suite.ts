import { describe, expect, it } from "vitest";
import { sizes } from "./sizes.ts";
import { freshPlace, letExpire, look, put, remove, type SuiteStore, sibling, valueAt, written } from "./suite-store.ts";

/** What the metrics may rely on. Other suites' rows are in the same tables, so the growth is looked at. */
export function describeSizes(name: string, store: () => SuiteStore): void {
  describe(`${name}: sizes`, () => {
    it("small tables are counted exactly: live, expired and deleted keys, revisions, objects and bytes", () =>
      countsExactly(store()));
    it("of large tables a share of the pages is read, and what should be few is counted up to a bound", () =>
      estimates(store()));
  });
}

async function countsExactly(store: SuiteStore): Promise<void> {
  const before = await sizes(store.database);
  const at = freshPlace();
  for (const key of ["a", "b", "c"]) await written(store, put(sibling(at, key)));
  const changed = sibling(at, "a");
  await written(store, put(changed, { value: valueAt(changed, { size: 9, slice: slice(changed, 9) }) }));
  await letExpire(store, sibling(at, "b"));
  await written(store, remove(sibling(at, "c")));
  const after = await sizes(store.database);
  const grown = Object.fromEntries(
    Object.entries(after).map(([name, count]) => [name, count - before[name as keyof typeof before]]),
  );
  expect(grown).toEqual({
    live: 1,
    expired: 1,
    deleted: 1,
    revisions: 5,
    objects: 4,
    deadObjects: 0,
    valueBytes: 9 + 7,
    revisionBytes: 3 * 7 + 9,
  });
}

const slice = (at: Parameters<typeof valueAt>[0], length: number) => ({ ...valueAt(at).slice, length });

async function estimates(store: SuiteStore): Promise<void> {
  const count = 120_000;
  const dead = 20_000;
  await look(
    store,
    `INSERT INTO objects (tenant, name, live_bytes, dead_since, created_at)
     SELECT 'sizes', 'sizes/' || n || repeat('x', 60), CASE WHEN n > ${dead} THEN 10 ELSE 0 END,
       CASE WHEN n <= ${dead} THEN clock_timestamp() END, clock_timestamp() FROM generate_series(1, ${count}) n`,
  );
  try {
    const found = await sizes(store.database);
    expect(found.deadObjects).toBe(10_000);
    expect(found.objects + found.deadObjects).toBeGreaterThan(count * 0.8);
    expect(found.objects + found.deadObjects).toBeLessThan(count * 1.3);
    expect(found.revisionBytes).toBeGreaterThan(10 * (count - dead) * 0.8);
    expect(found.revisionBytes).toBeLessThan(10 * (count - dead) * 1.3);
  } finally {
    await look(store, "DELETE FROM objects WHERE tenant = 'sizes'");
  }
}
