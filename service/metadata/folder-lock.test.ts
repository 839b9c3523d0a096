import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { lockFolder } from "./folder-lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nskv-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

it("of many that start at once exactly one gets the folder", async () => {
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => lockFolder(folder)));
  const winners = outcomes.flatMap((outcome) => (outcome.status === "fulfilled" ? [outcome.value] : []));
  expect(winners).toHaveLength(1);
  await winners[0]?.release();
});

it("another path to the same folder is the same folder", async () => {
  const lock = await lockFolder(folder);
  const detour = `${folder}-link`;
  await symlink(folder, detour);
  await expect(lockFolder(detour)).rejects.toThrow(`The data folder ${detour} is in use`);
  await rm(detour);
  await lock.release();
});

it("a note that a dead process left does not keep anyone out, though its number lives", async () => {
  await writeFile(join(folder, "owner.json"), JSON.stringify({ pid: process.ppid, since: "2001-02-03T04:05:06.000Z" }));
  const lock = await lockFolder(folder);
  expect(JSON.parse(await readFile(join(folder, "owner.json"), "utf8"))).toMatchObject({ pid: process.pid });
  await lock.release();
});

it("a note that cannot be read still leaves an error that says what to do", async () => {
  const lock = await lockFolder(folder);
  await writeFile(join(folder, "owner.json"), "{");
  await expect(lockFolder(folder)).rejects.toThrow("in use by another process. Stop it, or choose another folder");
  await lock.release();
});
