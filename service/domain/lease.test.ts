import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { HELD_LEASE_MS, holdLease } from "./lease.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const never = new AbortController().signal;

/** One lease on a clock that the test turns. */
function leases() {
  let taken: { holder: string; until: number } | undefined;
  const asked: number[] = [];
  return {
    asked,
    free: () => {
      taken = undefined;
    },
    upkeep: {
      async take(_: string, holder: string, ms: number) {
        asked.push(ms);
        if (taken && taken.holder !== holder && taken.until > Date.now()) return undefined;
        taken = { holder, until: Date.now() + ms };
        return Date.now();
      },
    },
    occupy: (ms: number) => {
      taken = { holder: "another", until: Date.now() + ms };
    },
  };
}

it("is renewed until it is given back", async () => {
  const { upkeep, asked } = leases();
  const lease = await holdLease(upkeep, "backup", () => undefined, never);
  await vi.advanceTimersByTimeAsync(10 * HELD_LEASE_MS);
  lease.check();
  expect(asked.length).toBeGreaterThan(20);
  await lease.release();
  expect(asked.at(-1)).toBe(0);
  const count = asked.length;
  await vi.advanceTimersByTimeAsync(10 * HELD_LEASE_MS);
  expect(asked).toHaveLength(count);
});

it("is waited for while another has it", async () => {
  const { upkeep, occupy } = leases();
  occupy(HELD_LEASE_MS);
  const waiting = vi.fn();
  const held = holdLease(upkeep, "backup", waiting, never);
  await vi.advanceTimersByTimeAsync(HELD_LEASE_MS - 2_000);
  expect(waiting).toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(4_000);
  (await held).check();
});

it("stops waiting when it is told to", async () => {
  const { upkeep, occupy } = leases();
  occupy(10 * HELD_LEASE_MS);
  const stopping = new AbortController();
  const held = holdLease(upkeep, "backup", () => stopping.abort(new Error("stopped")), stopping.signal);
  const expected = expect(held).rejects.toThrow("stopped");
  await vi.advanceTimersByTimeAsync(4_000);
  await expected;
});

it("is lost when another took it, and stays lost when it comes back", async () => {
  const { upkeep, occupy, free } = leases();
  const lease = await holdLease(upkeep, "backup", () => undefined, never);
  occupy(HELD_LEASE_MS);
  await vi.advanceTimersByTimeAsync(HELD_LEASE_MS / 2);
  expect(() => lease.check()).toThrow('The lease "backup" has ended.');
  free();
  await vi.advanceTimersByTimeAsync(HELD_LEASE_MS);
  expect(() => lease.check()).toThrow();
});

/** The same, with a database that can go away. */
function shaky() {
  const { upkeep } = leases();
  let isAway = false;
  const take = async (...asked: Parameters<typeof upkeep.take>) => {
    if (isAway) throw new Error("away");
    return upkeep.take(...asked);
  };
  const go = (away: boolean) => {
    isAway = away;
  };
  return { upkeep: { take }, go };
}

it("outlives a database that is away for less than its length, and no longer", async () => {
  const { upkeep, go } = shaky();
  const lease = await holdLease(upkeep, "backup", () => undefined, never);
  go(true);
  await vi.advanceTimersByTimeAsync(HELD_LEASE_MS / 2);
  go(false);
  await vi.advanceTimersByTimeAsync(HELD_LEASE_MS);
  lease.check();
  go(true);
  await vi.advanceTimersByTimeAsync(2 * HELD_LEASE_MS);
  go(false);
  await vi.advanceTimersByTimeAsync(HELD_LEASE_MS);
  expect(() => lease.check()).toThrow();
});

it("has ended when nobody could be asked for its whole length, whatever they will say", async () => {
  const { upkeep, go } = shaky();
  const lease = await holdLease(upkeep, "backup", () => undefined, never);
  go(true);
  await vi.advanceTimersByTimeAsync(HELD_LEASE_MS - 1_000);
  lease.check();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(() => lease.check()).toThrow('The lease "backup" has ended.');
});
