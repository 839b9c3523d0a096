import { expect, it } from "vitest";
import type { Change } from "../domain/change.ts";
import { createFollowers, type Follower } from "./followers.ts";
import { createMemoryLog, scopeOf, TENANT } from "./suite-log.ts";
import { createWatcher } from "./watcher.ts";

function follower(seen: number): Follower & { readonly got: number[] } {
  const got: number[] = [];
  const take = (changes: readonly Change[]) => void got.push(...changes.map(({ id }) => id));
  return { tenant: TENANT, seen, cursor: seen, take, end: () => undefined, got };
}

const logOf = (count: number) => {
  const log = createMemoryLog();
  return { log, ids: Array.from({ length: count }, () => log.append("k").id) };
};

it("lets nobody join who would have a gap behind what he has read", async () => {
  const { log, ids } = logOf(4);
  const [first, , , last] = ids as [number, number, number, number];
  const followers = createFollowers(log);
  const one = follower(0);
  followers.join(one);
  expect(await followers.bring(last)).toBe(true);
  expect(one.got).toEqual(ids);
  expect(followers.join(follower(first))).toBeUndefined();
  expect(followers.join(follower(last))).toBeDefined();
  expect(await followers.bring(last)).toBe(false);
});

it("is empty when the last one has left", () => {
  const followers = createFollowers(createMemoryLog());
  const leaves = [followers.join(follower(0)), followers.join(follower(0))];
  expect(leaves.map((leave) => [leave?.(), followers.isEmpty()][1])).toEqual([false, true]);
});

it("a watcher skips what the tail brings and it has read, and tries again when the tail is ahead", async () => {
  const { log, ids } = logOf(2);
  const later: number[] = [];
  let refusals = 0;
  const join = (asked: Follower) => {
    if (refusals++ === 0) {
      // Others were given this one before: only the log has it still.
      later.push(log.append("k").id);
      return undefined;
    }
    void log.changes({ scope: scopeOf(), after: 0, through: 1_000, limit: 100 }).then(({ changes, upto }) => {
      asked.take([...changes, { ...(changes.at(-1) as Change), id: upto + 1 }], upto + 1);
      later.push(upto + 1);
    });
    return () => undefined;
  };
  const watcher = createWatcher({ log, tail: { join } }, scopeOf(), 0, { changesMax: 100, bytesMax: 100_000 });
  const got: number[] = [];
  for (let step = await watcher.next(1_000); step.kind === "changes"; step = await watcher.next(200))
    got.push(...step.changes.map(({ id }) => id));
  expect(later).toHaveLength(2);
  expect(got).toEqual([...ids, ...later]);
  watcher.close();
});
