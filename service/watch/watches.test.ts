import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, vi } from "vitest";
import type { Change } from "../domain/change.ts";
import type { NamespaceName } from "../domain/namespace.ts";
import type { Watcher } from "../domain/watch.ts";
import { createMemoryLog, scopeOf } from "./suite-log.ts";
import { createWatches } from "./watches.ts";

const LONG_MS = 60_000;
const RULES = { changesMax: 100, bytesMax: 1_000_000 };

const open = () => {
  const log = createMemoryLog();
  const report = vi.fn();
  return { log, report, watches: createWatches(log, report, RULES) };
};

/** The next `count` changes. */
async function take(watcher: Watcher, count: number): Promise<Change[]> {
  const taken: Change[] = [];
  while (taken.length < count) {
    const step = await watcher.next(LONG_MS);
    if (step.kind === "end") throw new Error(`The watcher was ended: ${step.why}`);
    if (step.kind === "changes") taken.push(...step.changes);
  }
  return taken;
}

const ids = (changes: readonly Change[]) => changes.map(({ id }) => id);

it("gives each change once and in order, however reading, joining, leaving and writing overlap", async () => {
  const { log, watches } = open();
  const made: Change[] = [];
  let writing = true;
  const writer = async () => {
    for (let n = 0; n < 600; n++) {
      made.push(log.append(`k${n % 7}`, n % 2 === 0 ? "even" : "odd"));
      if (n % 5 === 0) await sleep(Math.random() * 4);
    }
    writing = false;
  };
  /** Resumes from its cursor after each few steps, as a client does that loses its connection. */
  const reader = async (namespace: string | undefined) => {
    const seen: Change[] = [];
    const scope = scopeOf({ namespace: namespace as NamespaceName | undefined });
    let from = 0;
    for (let done = false; !done; ) {
      done = !writing;
      const watcher = await watches.open(scope, from);
      for (let steps = 1 + Math.random() * 8; steps > 0 || done; steps--) {
        const step = await watcher.next(done ? 100 : Math.random() * 10);
        if (step.kind === "changes") seen.push(...step.changes);
        from = step.upto;
        if (done && step.kind === "quiet") break;
      }
      watcher.close();
    }
    return seen;
  };
  const readers = [undefined, "even", "odd", undefined, "even", "odd"].map(reader);
  await writer();
  const [all, even, odd, ...others] = await Promise.all(readers);
  expect(ids(all ?? [])).toEqual(ids(made));
  expect(ids(even ?? [])).toEqual(ids(made.filter(({ namespace }) => namespace === "even")));
  expect(ids(odd ?? [])).toEqual(ids(made.filter(({ namespace }) => namespace === "odd")));
  expect(others.map((seen) => ids(seen))).toEqual([all, even, odd].map((seen) => ids(seen ?? [])));
  expect(watches.count()).toBe(0);
}, 30_000);

it("reads the log once for all who follow it, and not at all when nobody does", async () => {
  const { log, watches } = open();
  const watchers = await Promise.all(Array.from({ length: 50 }, () => watches.open(scopeOf(), "now")));
  const { changes } = log.calls;
  for (let n = 0; n < 5; n++) {
    log.append("k");
    for (const got of await Promise.all(watchers.map((watcher) => take(watcher, 1)))) expect(got).toHaveLength(1);
  }
  expect(log.calls.changes - changes).toBeLessThanOrEqual(10);
  for (const watcher of watchers) watcher.close();
  await expect.poll(() => log.hearers()).toBe(0);
  const { settled } = log.calls;
  log.append("k");
  await sleep(100);
  expect(log.calls.settled).toBe(settled);
});

it("cuts off who reads too slowly, who resumes and has all", async () => {
  const { log, watches } = open();
  const slow = await watches.open(scopeOf(), "now");
  const first = log.append("k");
  expect(ids(await take(slow, 1))).toEqual([first.id]);
  const made = Array.from({ length: 250 }, (_, n) => log.append(`k${n}`));
  await sleep(100); // others write on while the slow one does nothing
  let step = await slow.next(LONG_MS);
  while (step.kind !== "end") step = await slow.next(LONG_MS);
  expect(step).toEqual({ kind: "end", why: "slow", upto: first.id });
  slow.close();
  expect(ids(await take(await watches.open(scopeOf(), first.id), 250))).toEqual(ids(made));
});

it("moves the cursor of a quiet watcher past what is out of its scope", async () => {
  const { log, watches } = open();
  const watcher = await watches.open(scopeOf({ prefix: "mine" }), "now");
  const other = log.append("other");
  await expect.poll(async () => (await watcher.next(1)).upto).toBe(other.id);
  expect(await watcher.next(1)).toEqual({ kind: "quiet", upto: other.id });
  watcher.close();
});

it("keeps its watchers while the database is away", async () => {
  const { log, report, watches } = open();
  const watcher = await watches.open(scopeOf(), "now");
  log.fail(true);
  log.append("k");
  await expect.poll(() => report.mock.calls.length).toBeGreaterThan(0);
  await expect(watches.open(scopeOf(), "now")).rejects.toMatchObject({ fault: { kind: "unavailable" } });
  log.fail(false);
  expect(await take(watcher, 1)).toHaveLength(1);
  expect(watches.count()).toBe(1);
  watcher.close();
});

it("refuses a cursor that is not kept, and ends a watcher that meets a gap", async () => {
  const { log, watches } = open();
  for (let n = 0; n < 300; n++) log.append("k");
  const watcher = await watches.open(scopeOf(), "oldest");
  expect(await take(watcher, 100)).toHaveLength(100);
  log.trim(250);
  const gone = { fault: { kind: "changes_gone" } };
  await expect(watches.open(scopeOf(), 10)).rejects.toMatchObject(gone);
  expect(await watcher.next(LONG_MS)).toMatchObject({ kind: "end", why: "gone" });
  watcher.close();
  expect(watches.count()).toBe(0);
});

it("close ends who waits at once, and refuses who comes", async () => {
  const { watches } = open();
  const watcher = await watches.open(scopeOf(), "now");
  const waiting = watcher.next(LONG_MS);
  watches.close();
  expect(await waiting).toMatchObject({ kind: "end", why: "stopping" });
  await expect(watches.open(scopeOf(), "now")).rejects.toMatchObject({ fault: { kind: "unavailable" } });
});

it("a watcher that is closed while it waits answers at once", async () => {
  const { watches } = open();
  const watcher = await watches.open(scopeOf(), "now");
  const waiting = watcher.next(LONG_MS);
  watcher.close();
  expect(await waiting).toMatchObject({ kind: "end" });
  expect(watches.count()).toBe(0);
});
