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

const CLEANED = ["VACUUM", "ANALYZE entries", "CHECKPOINT"];

it("cleans up and writes out once the log is long, and only then", async () => {
  let length = 0;
  const { session, scripts } = sessionWith(() => length);
  const upkeep = createUpkeep(session);
  for (let statement = 0; statement < 2_000; statement++) await upkeep();
  expect(scripts).toEqual([]);
  length = 64 * 1_024 * 1_024;
  for (let statement = 0; statement < 500; statement++) await upkeep();
  expect(scripts).toEqual(CLEANED);
});

it("waits for the end of a transaction, which can hold neither", async () => {
  let idle = false;
  const { session, scripts } = sessionWith(
    () => 64 * 1_024 * 1_024,
    () => idle,
  );
  const upkeep = createUpkeep(session);
  for (let statement = 0; statement < 1_000; statement++) await upkeep();
  expect(scripts).toEqual([]);
  idle = true;
  await upkeep();
  expect(scripts).toEqual(CLEANED);
});

it("analyzes a table again when it has grown or shrunk by half, and not each time", async () => {
  let rows = 1_000;
  const { session, scripts } = sessionWith(
    () => 64 * 1_024 * 1_024,
    () => true,
    () => rows,
  );
  const upkeep = createUpkeep(session);
  const analyzed: number[] = [];
  for (const now of [1_000, 1_900, 600, 2_000, 3_900, 1_000]) {
    rows = now;
    scripts.length = 0;
    for (let statement = 0; statement < 500; statement++) await upkeep();
    if (scripts.includes("ANALYZE entries")) analyzed.push(now);
  }
  expect(analyzed).toEqual([1_000, 2_000, 1_000]);
});
