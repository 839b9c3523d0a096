import { sql } from "drizzle-orm";
import { expect, it } from "vitest";
import type { Database } from "./database.ts";
import { sparing, statement } from "./statement.ts";
import { withStillness } from "./stillness.ts";

const CHANGE = statement("change", sql.raw("DELETE FROM entries"));
const READ = sparing(statement("read", sql.raw("SELECT 1")));

/** A database whose statements take until the test ends them. */
function slow() {
  let end = { ok: () => {}, failed: (_: Error) => {} };
  const running = () =>
    new Promise<never[]>((resolve, reject) => {
      end = { ok: () => resolve([]), failed: reject };
    });
  const database = { query: running, queryBehind: running, script: running, transaction: running };
  return { database: withStillness(database as unknown as Database), end: () => end };
}

it("a statement that spares entries leaves the number as it is", async () => {
  const { database, end } = slow();
  const before = database.stillness?.();
  const read = database.query(READ, {});
  expect(database.stillness?.()).toBe(before);
  end().ok();
  await read;
  expect(database.stillness?.()).toBe(before);
});

const CHANGES: readonly [string, (database: Database) => Promise<unknown>][] = [
  ["a statement", (database) => database.query(CHANGE, {})],
  ["a statement behind another", (database) => database.queryBehind(READ, READ, {})],
  ["a transaction", (database) => database.transaction("load", async () => undefined)],
  ["a script", (database) => database.script("SELECT 1")],
];

it.each(CHANGES)("there is no number while %s runs, and another after it", async (_, change) => {
  const { database, end } = slow();
  const before = database.stillness?.();
  const running = change(database);
  expect(database.stillness?.()).toBeUndefined();
  end().ok();
  await running;
  expect(database.stillness?.()).toBeGreaterThan(Number(before));
});

it("a change that fails may have happened", async () => {
  const { database, end } = slow();
  const before = database.stillness?.();
  const running = database.query(CHANGE, {});
  end().failed(new Error("lost"));
  await expect(running).rejects.toThrow("lost");
  expect(database.stillness?.()).toBeGreaterThan(Number(before));
});

it("one of two changes that ends leaves no number", async () => {
  const { database, end } = slow();
  const first = database.query(CHANGE, {});
  const endFirst = end();
  const second = database.query(CHANGE, {});
  endFirst.ok();
  await first;
  expect(database.stillness?.()).toBeUndefined();
  end().ok();
  await second;
  expect(database.stillness?.()).toBeDefined();
});
