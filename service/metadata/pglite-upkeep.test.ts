import { expect, it } from "vitest";
import { createUpkeep } from "./pglite-upkeep.ts";

/** A session whose log is so long and whose table has so many rows, and the scripts that it was asked to run. */
function sessionWith(logBytes: () => number, isIdle = () => true, rows = () => 1) {
  const scripts: string[] = [];
  const session = {
    isIdle,
    query: async (text: string) => (text.includes("reltuples") ? [["entries", `${rows()}`]] : [[`${logBytes()}`]]),
    script: async (text: string) => {
      scripts.push(text);
      return [];
    },
  };
  return { session, scripts };
}

const MIB = 1_024 * 1_024;

/** As many as bring a look at the log for sure. */
const MANY = 500;

async function repeat(count: number, work: () => Promise<void>): Promise<void> {
  for (let time = 0; time < count; time++) await work();
}

it("removes dead rows once the log has grown, and writes out once it is long, and only then", async () => {
  let length = 0;
  const { session, scripts } = sessionWith(() => length);
  const upkeep = createUpkeep(session);
  await repeat(2_000, upkeep);
  expect(scripts).toEqual([]);
  length = 20 * MIB;
  await repeat(MANY, upkeep);
  expect(scripts).toEqual(["VACUUM", "ANALYZE entries"]);
  scripts.length = 0;
  length = 40 * MIB;
  await repeat(MANY, upkeep);
  expect(scripts).toEqual(["VACUUM"]);
  scripts.length = 0;
  length = 140 * MIB;
  await upkeep();
  await repeat(49, upkeep);
  expect(scripts).toEqual(["VACUUM", "CHECKPOINT"]);
  scripts.length = 0;
  length = 20 * MIB; // since that checkpoint
  await repeat(MANY, upkeep);
  expect(scripts).toEqual(["VACUUM"]);
});

it("waits for the end of a transaction, which can hold neither", async () => {
  let idle = false;
  const { session, scripts } = sessionWith(
    () => 140 * MIB,
    () => idle,
  );
  const upkeep = createUpkeep(session);
  await repeat(MANY, upkeep);
  expect(scripts).toEqual([]);
  idle = true;
  await upkeep();
  expect(scripts).toEqual(["VACUUM", "ANALYZE entries", "CHECKPOINT"]);
});

it("analyzes a table again when it has grown or shrunk by half, and not each time", async () => {
  let rows = 1_000;
  const { session, scripts } = sessionWith(
    () => 140 * MIB,
    () => true,
    () => rows,
  );
  const upkeep = createUpkeep(session);
  const analyzed: number[] = [];
  for (const now of [1_000, 1_900, 600, 2_000, 3_900, 1_000]) {
    rows = now;
    scripts.length = 0;
    await repeat(MANY, upkeep);
    if (scripts.includes("ANALYZE entries")) analyzed.push(now);
  }
  expect(analyzed).toEqual([1_000, 2_000, 1_000]);
});
