import { mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { removeOldChunks } from "./old-chunks.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nskv-chunks-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("what earlier builds made goes once it is an hour old, and nothing else does", async () => {
  const now = Date.now();
  const files = {
    "nskv.js": 100,
    "pglite-worker.js.map": 100,
    "serve-AAAAAAA2.js": 100,
    "chunk-BBBBBBB3.js": 61,
    "chunk-BBBBBBB3.js.map": 61,
    "chunk-CCCCCCC4.js": 59,
  };
  for (const [name, minutes] of Object.entries(files)) {
    await writeFile(join(folder, name), "");
    await utimes(join(folder, name), new Date(), new Date(now - minutes * 60_000));
  }
  await removeOldChunks(folder, new Set(["serve-AAAAAAA2.js"]), now);
  expect((await readdir(folder)).sort()).toEqual([
    "chunk-CCCCCCC4.js",
    "nskv.js",
    "pglite-worker.js.map",
    "serve-AAAAAAA2.js",
  ]);
});
