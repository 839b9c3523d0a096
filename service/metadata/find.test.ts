import { expect, it } from "vitest";
import type { Found } from "../domain/stores.ts";
import type { Database, Row } from "./database.ts";
import { shownNames } from "./entry-row.ts";
import { createFinder } from "./find.ts";
import { freshPlace } from "./suite-store.ts";

const AT = freshPlace();

/** A database with one key, whose stillness the test sets. */
function setUp({ expiresAt, isShared }: { readonly expiresAt?: string; readonly isShared?: true } = {}) {
  const world = { now: 1 as number | undefined, meanwhile: () => {} };
  const columns: Record<string, string> = { etag: "e1", labels: "{}", secret: "f", object: "", revision: "1" };
  const instant = "2026-01-01 00:00:00+00";
  const entry = shownNames.map((name) => {
    if (name === "expiresAt") return expiresAt ?? null;
    return name.endsWith("At") ? instant : (columns[name] ?? "x");
  });
  const database = {
    ...(isShared ? {} : { stillness: () => world.now }),
    query: async (): Promise<readonly Row[]> => {
      world.meanwhile();
      return [["1", "live", ...entry]];
    },
  } as unknown as Database;
  const finder = createFinder(database);
  const ask = () =>
    new Promise<Found | undefined>((resolve, reject) => {
      finder.all([{ since: 0, item: AT, resolve, reject }]).catch(reject);
    });
  return { world, finder, ask };
}

it("what was found is known as long as nothing changes", async () => {
  const { world, finder, ask } = setUp();
  expect(finder.known(AT)).toBeUndefined();
  const found = await ask();
  expect(finder.known(AT)).toEqual(found);
  world.now = undefined;
  expect(finder.known(AT)).toBeUndefined();
  world.now = 2;
  expect(finder.known(AT)).toBeUndefined();
});

it.each([
  { when: "a change began meanwhile", now: undefined },
  { when: "a change began and ended meanwhile", now: 2 },
])("nothing is known of a look-up when $when", async ({ now }) => {
  const { world, finder, ask } = setUp();
  world.meanwhile = () => {
    world.now = now;
  };
  await ask();
  expect(finder.known(AT)).toBeUndefined();
  world.now = 1;
  expect(finder.known(AT)).toBeUndefined();
});

it("an entry that will expire is asked for each time: the clock is the database's", async () => {
  const { finder, ask } = setUp({ expiresAt: "2999-01-01 00:00:00+00" });
  await ask();
  expect(finder.known(AT)).toBeUndefined();
});

it("nothing is known of a database that others can change", async () => {
  const { finder, ask } = setUp({ isShared: true });
  await ask();
  expect(finder.known(AT)).toBeUndefined();
});
