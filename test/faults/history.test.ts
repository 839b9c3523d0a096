import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshNamespace } from "../support/kv.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";
import { type ClientsOptions, recordHistory } from "./clients.ts";
import { type Timed, unexplained } from "./linearizable.ts";
import { randomFrom, seedOfRun } from "./random.ts";

const OPERATIONS = 1_500;
const REPLICAS = { embedded: 1, "Postgres and MinIO": 2 } as const;

describe.each(PAIRS)("concurrent operations on a few keys, $pair", ({ pair, skip, open }) => {
  const count = REPLICAS[pair as keyof typeof REPLICAS];
  describe.skipIf(skip)(`through ${count} of the program`, () => {
    let storage: StoragePair;
    let replicas: RunningService[];
    beforeAll(async () => {
      storage = await open();
      replicas = await Promise.all(Array.from({ length: count }, () => startService(storage)));
    });
    afterAll(async () => {
      await Promise.all(replicas.map((replica) => replica.stop()));
      await storage.drop();
    });

    const options = (seed: number): ClientsOptions => {
      const random = randomFrom(seed);
      const path = `/api/v1/main/namespaces/${freshNamespace()}`;
      const next = () => random.pick(replicas);
      return { path, keys: ["a", "b", "c"], clients: 12, operations: OPERATIONS, random, next };
    };

    it("happen each at one instant: the history is linearizable", async () => {
      const history = await recordHistory(options(seedOfRun(`history, ${pair}`)));
      expect(tally(history)).toMatchObject({
        "swap refused": expect.any(Number),
        "create refused": expect.any(Number),
      });
      expect(history.length).toBe(OPERATIONS);
      expect(unexplained(history)).toBeUndefined();
      expect(unexplained(withStaleRead(history))).toEqual(expect.any(String));
    });

    it("and remain so when the program is killed among them and started anew", async () => {
      const recording = recordHistory(options(seedOfRun(`history with a kill, ${pair}`)));
      await pause(300);
      await replicas[0]?.kill();
      replicas[0] = await startService(storage);
      const history = await recording;
      expect(history.filter(({ end }) => end === undefined).length).toBeGreaterThan(0);
      expect(unexplained(history)).toBeUndefined();
    });
  });
});

/** How often each operation had each outcome. */
function tally(history: readonly Timed[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const operation of history) {
    const name = "outcome" in operation ? `${operation.op} ${operation.outcome}` : operation.op;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

/** The same with one more read, at its end, of the first value that was ever written. */
function withStaleRead(history: readonly Timed[]): readonly Timed[] {
  const first = history.find((each) => each.op === "put");
  if (first?.op !== "put") throw new Error("Nobody wrote.");
  const end = performance.now();
  return [...history, { op: "read", answer: first.value, key: first.key, start: end, end: end + 1 }];
}
