import { expect, it } from "vitest";
import { createUpkeep } from "./pglite-upkeep.ts";

/** A session whose log is so long, and the scripts that it was asked to run. */
function sessionWith(logBytes: () => number, isIdle = () => true) {
  const scripts: string[] = [];
  const session = {
    isIdle,
    query: async () => [[String(logBytes())]],
    script: async (text: string) => {
      scripts.push(text.split(" ")[0] ?? "");
      return [];
    },
  };
  return { session, scripts };
}

it("cleans up and writes out once the log is long, and only then", async () => {
  let length = 0;
  const { session, scripts } = sessionWith(() => length);
  const upkeep = createUpkeep(session);
  for (let statement = 0; statement < 2_000; statement++) await upkeep();
  expect(scripts).toEqual([]);
  length = 64 * 1_024 * 1_024;
  for (let statement = 0; statement < 500; statement++) await upkeep();
  expect(scripts).toEqual(["VACUUM", "CHECKPOINT"]);
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
  expect(scripts).toEqual(["VACUUM", "CHECKPOINT"]);
});
