import { chmod, mkdtemp, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { writeZip } from "./zip.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nskv-zip-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function zipped(name: string, made: Date, mode: number, order: 1 | -1): Promise<Buffer> {
  const executable = join(folder, "program");
  await writeFile(executable, "#!/bin/sh\n");
  await utimes(executable, made, made);
  await chmod(executable, mode);
  const archive = join(folder, name);
  const members = [
    { name: "program", executable },
    { name: "LICENSES.txt", text: "Ours and theirs.\n" },
  ];
  await writeZip(archive, order === 1 ? members : members.reverse());
  return readFile(archive);
}

it("the same files make the same archive, whenever they were made and whatever they may do", async () => {
  const one = await zipped("one.zip", new Date("2024-02-29T23:59:59Z"), 0o755, 1);
  const other = await zipped("other.zip", new Date("2026-07-01T12:00:00Z"), 0o600, -1);
  expect(one.equals(other)).toBe(true);
});
