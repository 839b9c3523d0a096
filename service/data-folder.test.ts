import { access, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { prepareDataFolder } from "./data-folder.ts";

let folder: string;
let synced: string[];
const prepare = (path: string) => prepareDataFolder(path, async (parent) => void synced.push(parent));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nskv-data-"));
  synced = [];
});
afterEach(() => rm(folder, { recursive: true }));

it("a folder that is missing is made, with those above it, and survives a power cut", async () => {
  await prepare(join(folder, "a", "b"));
  await access(join(folder, "a", "b"));
  expect(synced).toEqual([folder, join(folder, "a")]);
});

it("a mounted disk that is empty will do", async () => {
  await mkdir(join(folder, "lost+found"));
  await writeFile(join(folder, ".snapshot"), "");
  await prepare(folder);
});

it("what a start that broke off left is no other thing", async () => {
  await mkdir(join(folder, "metadata", "postgres.new"), { recursive: true });
  await prepare(folder);
});

it("a store stays a store, whatever somebody puts beside it", async () => {
  await mkdir(join(folder, "metadata", "postgres"), { recursive: true });
  await writeFile(join(folder, "notes.txt"), "");
  await prepare(folder);
});

it("a folder with other things in it stays as it is, and they are named", async () => {
  await mkdir(join(folder, "holidays"));
  await expect(prepare(folder)).rejects.toThrow(
    `The data folder ${folder} holds other things than a store, such as holidays. Choose another folder with --data`,
  );
});

it("a file is no folder, and none can be made in it", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  await expect(prepare(file)).rejects.toThrow(`${file} cannot be used: a file is in its way. Choose another`);
  await expect(prepare(join(file, "data"))).rejects.toThrow("a file is in its way");
});

it.runIf(process.platform === "linux")("a place that takes no folders is refused, and not tried for ever", async () => {
  await expect(prepare("/proc/nope")).rejects.toThrow("no folder can be made there. Choose another folder");
});
