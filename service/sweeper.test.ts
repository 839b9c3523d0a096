import { expect, it, vi } from "vitest";
import { startSweeper } from "./sweeper.ts";

const NOTHING = { expired: 0, forgotten: 0, revisions: 0, changes: 0, objects: 0, orphans: 0 };
const quiet = () => ({ debug: vi.fn(), info: vi.fn(), error: vi.fn() });

it("goes on after a failure, and says at info only what was removed", async () => {
  const log = quiet();
  const sweep = vi
    .fn()
    .mockRejectedValueOnce(new Error("broken on purpose"))
    .mockResolvedValueOnce(NOTHING)
    .mockResolvedValueOnce(undefined)
    .mockResolvedValue({ ...NOTHING, expired: 3 });
  const sweeper = startSweeper(sweep, 1, log);
  await vi.waitFor(() => expect(log.info).toHaveBeenCalledWith({ ...NOTHING, expired: 3 }, "swept"));
  await sweeper.stop();
  expect(log.error).toHaveBeenCalledTimes(1);
  expect(log.debug.mock.calls).toEqual([
    [NOTHING, "swept"],
    [{}, "another replica sweeps"],
  ]);
});

it("stop breaks off what is under way, waits for its end and lets nothing follow", async () => {
  let ended = false;
  const sweep = vi.fn(async (signal: AbortSignal) => {
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    ended = true;
    return NOTHING;
  });
  const sweeper = startSweeper(sweep, 1, quiet());
  await vi.waitFor(() => expect(sweep).toHaveBeenCalled());
  await sweeper.stop();
  expect(ended).toBe(true);
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(sweep).toHaveBeenCalledTimes(1);
});

it("tells what has become of the sweeps, and what they removed in all", async () => {
  const outcomes = [{ ...NOTHING, objects: 2 }, undefined, "fails", { ...NOTHING, objects: 3, expired: 1 }] as const;
  let number = 0;
  const sweep = vi.fn(async () => {
    const outcome = outcomes[number++];
    if (outcome === "fails") throw new Error("away");
    return outcome;
  });
  const sweeper = startSweeper(sweep, 1, quiet());
  expect(sweeper.stats()).toMatchObject({ outcomes: { done: 0, elsewhere: 0, failed: 0 }, lastAt: undefined });
  await vi.waitFor(() => expect(number).toBeGreaterThanOrEqual(outcomes.length));
  await sweeper.stop();
  expect(sweeper.stats()).toMatchObject({
    outcomes: { done: 2, failed: 1 },
    removed: { ...NOTHING, objects: 5, expired: 1 },
    lastAt: expect.any(Number),
    lastMs: expect.any(Number),
  });
});
