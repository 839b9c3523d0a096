import { expect, it } from "vitest";
import type { Found } from "../domain/stores.ts";
import type { Database, Row } from "./database.ts";
import { shownNames } from "./entry-row.ts";
import { createFinder } from "./find.ts";
import type { Statement } from "./statement.ts";
import { freshPlace } from "./suite-store.ts";

const AT = freshPlace();

/** A database with one key, whose stillness or stamp the test sets. */
function setUp({ expiresAt, isShared }: { readonly expiresAt?: string; readonly isShared?: true } = {}) {
  const world = {
    now: 1 as number | undefined,
    stamp: "s1" as string | null,
    asked: [] as string[],
    meanwhile: () => {},
  };
  const columns: Record<string, string> = { etag: "e1", labels: "{}", secret: "f", object: "", revision: "1" };
  const instant = "2026-01-01 00:00:00+00";
  const entry = shownNames.map((name) => {
    if (name === "expiresAt") return expiresAt ?? null;
    return name.endsWith("At") ? instant : (columns[name] ?? "x");
  });
  const query = async ({ name }: Statement): Promise<readonly Row[]> => {
    world.asked.push(name);
    world.meanwhile();
    return [name === "find" ? ["1", "live", world.stamp, ...entry] : [world.stamp]];
  };
  const database = (isShared ? { lookUps: { query } } : { stillness: () => world.now, query }) as unknown as Database;
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

it("a database that others can change is asked each time, in the end for no more than whether it was changed", async () => {
  const { world, finder, ask } = setUp({ isShared: true });
  const found = await ask();
  expect(finder.known(AT)).toBeUndefined();
  await ask();
  expect(await ask()).toEqual(found);
  expect(world.asked).toEqual(["find", "find", "find: still"]);
});

it.each([
  { when: "something was changed", stamp: "s2" },
  { when: "the server has become a standby", stamp: null },
])("when $when, everything is looked up, until it seems still again", async ({ stamp }) => {
  const { world, ask } = setUp({ isShared: true });
  for (const _ of [1, 2]) await ask();
  world.asked = [];
  world.stamp = stamp;
  for (const _ of [1, 2, 3]) await ask();
  expect(world.asked).toEqual(["find: still", "find", ...(stamp ? ["find: still", "find: still"] : ["find", "find"])]);
});

it("while each statement sees another state, none is spent on asking whether it changed", async () => {
  const { world, ask } = setUp({ isShared: true });
  let number = 0;
  world.meanwhile = () => {
    world.stamp = `s${++number}`;
  };
  for (const _ of [1, 2, 3]) await ask();
  expect(world.asked).toEqual(["find", "find", "find"]);
});

it("of an entry that will expire, the state is asked for each time", async () => {
  const { world, ask } = setUp({ isShared: true, expiresAt: "2999-01-01 00:00:00+00" });
  for (const _ of [1, 2, 3]) await ask();
  expect(world.asked).toEqual(["find", "find", "find"]);
});
