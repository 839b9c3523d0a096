import { setTimeout as pause } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { killWhileStarting, PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";
import { accountsOf } from "./accounts.ts";
import { createLoad, type Load } from "./load.ts";
import { type Random, randomFrom, seedOfRun } from "./random.ts";
import { Report } from "./report.ts";

/** The promise is for 200; a run of a few is what every change pays for. */
const KILLS = Number(process.env["NSKV_FAULTS_KILLS"] ?? 5);
/** The longest load between two kills. */
const LOAD_MS_MAX = 700;
/** How often the next start is killed as well, and how long it is given. */
const STARTING_CHANCE = 0.2;
const STARTING_MS_MAX = 1_500;
const MINUTE_MS = 60_000;

describe.each(PAIRS)("killed with kill -9 under load, $pair", ({ pair, skip, open }) => {
  it.skipIf(skip)(
    `${KILLS} times: nothing acknowledged is lost, nothing is half there`,
    async () => {
      const storage = await open();
      const report = new Report(`kill -9, ${pair}`);
      try {
        await killRepeatedly(storage, report, seedOfRun(`kill -9, ${pair}`));
        const { orphansBefore, ...accounts } = await accountsOf(storage);
        report.count("orphans before the sweep", orphansBefore);
        const clean = { violations: [], missing: [], orphans: [], miscounted: [] };
        expect({ violations: report.violations, ...accounts }).toEqual(clean);
      } finally {
        report.print();
        await storage.drop();
      }
    },
    MINUTE_MS * (2 + KILLS / 4),
  );
});

async function killRepeatedly(storage: StoragePair, report: Report, seed: number): Promise<void> {
  const random = randomFrom(seed);
  const load = createLoad(seed, report, false);
  // It sweeps all the time, so that it is killed while it sweeps as well.
  const sweeping = { ...storage, env: { ...storage.env, NSKV_SWEEP_SECONDS: "0.2" } };
  for (let kills = 0; kills < KILLS && report.violations.length === 0; kills++) {
    const service = await startService(sweeping);
    await settle(load, service.address, random);
    await killUnderLoad(load, service, random.below(LOAD_MS_MAX));
    report.count("kills");
    if (!random.chance(STARTING_CHANCE)) continue;
    // What a start repairs must be repaired by the next one, when it does not come to its end.
    await killWhileStarting(sweeping, random.below(STARTING_MS_MAX));
    report.count("kills of one that was starting");
  }
  const service = await startService(sweeping);
  await settle(load, service.address, random);
  expect(await service.stop()).toBe(0);
}

/** What was unanswered is there or not. Half of it is then asked for again, and must happen once. */
async function settle({ writers }: Load, address: string, random: Random): Promise<void> {
  await Promise.all(writers.map((writer) => writer.look(address)));
  const again = writers.filter((writer) => writer.isInDoubt && random.chance(0.5));
  await Promise.all(again.map((writer) => writer.repeat(address)));
  await Promise.all(again.map((writer) => writer.look(address)));
  for (const writer of writers) writer.believe();
}

async function killUnderLoad(load: Load, service: RunningService, ms: number): Promise<void> {
  const killed = new AbortController();
  const { signal } = killed;
  const writing = load.writers.map((writer) => writer.write(service.address, signal));
  const running = Promise.all([...writing, load.read(service.address, signal)]);
  await pause(ms);
  await service.kill();
  killed.abort();
  await running;
}
