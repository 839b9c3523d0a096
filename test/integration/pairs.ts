import { afterAll, beforeAll, describe } from "vitest";
import { freshNamespace, type Kv, kvAt } from "../support/kv.ts";
import { startReplicas } from "../support/replicas.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";

export interface OnPair {
  readonly service: () => RunningService;
  readonly pair: () => StoragePair;
  /** A namespace of the test's own. */
  readonly kv: () => Kv;
  /** Ends the service by `end` and starts another one on the same data. */
  restart(end: "stop" | "kill"): Promise<void>;
}

interface Surroundings {
  readonly pair: string;
  readonly skip: boolean;
  open(): Promise<StoragePair>;
  start(storage: StoragePair): Promise<RunningService>;
}

const ONE_EACH: readonly Surroundings[] = PAIRS.map((pair) => ({ ...pair, start: (storage) => startService(storage) }));

/** The second pair once more, with two of the program on it: whatever one knows, the other must find out by itself. */
const TWO_REPLICAS: readonly Surroundings[] = PAIRS.slice(1).map((pair) => ({
  ...pair,
  pair: `two replicas on ${pair.pair}`,
  start: startReplicas,
}));

/** Runs the same tests against the program on each storage pair, and against two replicas: what one does, the others do. */
export function onEachPair(name: string, tests: (on: OnPair) => void): void {
  onEach([...ONE_EACH, ...TWO_REPLICAS], name, tests);
}

/**
 * For tests in which something else takes most of the time. NSKV_TEST_REPLICAS=1 runs them against two replicas too,
 * NSKV_TEST_FIRST_PAIR=1 on the first pair alone.
 */
export function onEachSinglePair(name: string, tests: (on: OnPair) => void): void {
  const replicas = process.env["NSKV_TEST_REPLICAS"] === "1" ? TWO_REPLICAS : [];
  const all = [...ONE_EACH, ...replicas];
  onEach(process.env["NSKV_TEST_FIRST_PAIR"] === "1" ? all.slice(0, 1) : all, name, tests);
}

/** For what users read: whether it is right does not depend on the stores. */
export function onEmbeddedPair(name: string, tests: (on: OnPair) => void): void {
  onEach(ONE_EACH.slice(0, 1), name, tests);
}

/** For what a process tells of itself: two replicas count apart. */
export function onEachLonePair(name: string, tests: (on: OnPair) => void): void {
  onEach(ONE_EACH, name, tests);
}

function onEach(all: readonly Surroundings[], name: string, tests: (on: OnPair) => void): void {
  for (const { pair, skip, open, start } of all)
    describe.skipIf(skip)(`${name}, ${pair}`, () => {
      let storage: StoragePair;
      let service: RunningService;
      beforeAll(async () => {
        storage = await open();
        service = await start(storage);
      });
      afterAll(async () => {
        await service?.stop();
        await storage?.drop();
      });
      tests({
        service: () => service,
        pair: () => storage,
        kv: () => kvAt(service.address, freshNamespace()),
        async restart(end) {
          await service[end]();
          service = await start(storage);
        },
      });
    });
}
