import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { ObjectName } from "../domain/object.ts";
import { openFilesystem } from "./filesystem.ts";
import { describeObjects } from "./objects.suite.ts";

const never = new AbortController().signal;
const NAME = "main/ns/_kv/key-00/1.json" as ObjectName;

async function temporaryFolder(): Promise<{ folder: string; close: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "nskv-objects-"));
  return { folder, close: () => rm(folder, { recursive: true, force: true }) };
}

describeObjects("the file system", async () => {
  const { folder, close } = await temporaryFolder();
  return {
    objects: await openFilesystem({ folder }),
    leftovers: () => readdir(join(folder, ".tmp")),
    handles: async () => (await readdir("/dev/fd")).length,
    close,
  };
});

async function withFolder(test: (folder: string) => Promise<void>): Promise<void> {
  const { folder, close } = await temporaryFolder();
  try {
    await test(folder);
  } finally {
    await close();
  }
}

it("makes its folder, for its owner only", () =>
  withFolder(async (folder) => {
    const inside = join(folder, "a", "b");
    const objects = await openFilesystem({ folder: inside });
    await objects.put(NAME, Buffer.from("secret"), undefined, never);
    await objects.ready();
    for (const path of ["main", "main/ns", NAME]) expect((await stat(join(inside, path))).mode & 0o077).toBe(0);
  }));

it("removes what a killed process left in its temporary folder, and keeps the objects", () =>
  withFolder(async (folder) => {
    const first = await openFilesystem({ folder });
    await first.put(NAME, Buffer.from("kept"), undefined, never);
    await writeFile(join(folder, ".tmp", "left-over"), "half an object");
    const second = await openFilesystem({ folder });
    expect(await readdir(join(folder, ".tmp"))).toEqual([]);
    expect(await second.read({ object: NAME, offset: 0, length: 4 }, never)).toEqual(
      new Uint8Array(Buffer.from("kept")),
    );
  }));

it("removes the folders that a delete leaves empty, and no others", () =>
  withFolder(async (folder) => {
    const objects = await openFilesystem({ folder });
    const other = "main/other/_kv/key-00/1.json" as ObjectName;
    await objects.put(NAME, Buffer.from("1"), undefined, never);
    await objects.put(other, Buffer.from("1"), undefined, never);
    await objects.delete(NAME);
    expect(await readdir(join(folder, "main"))).toEqual(["other"]);
    await objects.delete(other);
    expect(await readdir(folder)).toEqual([".tmp"]);
    await objects.put(NAME, Buffer.from("2"), undefined, never);
    expect(await readdir(folder)).toEqual([".tmp", "main"]);
  }));

it("says unavailable when the disk refuses, with the cause for the log and no temporary file left", () =>
  withFolder(async (folder) => {
    const objects = await openFilesystem({ folder });
    await writeFile(join(folder, "main"), "a file where a folder should be");
    await expect(objects.put(NAME, Buffer.from("1"), undefined, never)).rejects.toMatchObject({
      fault: { kind: "unavailable" },
      cause: { code: "ENOTDIR" },
    });
    expect(await readdir(join(folder, ".tmp"))).toEqual([]);
    await mkdir(join(folder, "other/_kv/x.json"), { recursive: true });
    const slice = { object: "other/_kv/x.json" as ObjectName, offset: 0, length: 1 };
    await expect(objects.read(slice, never)).rejects.toMatchObject({ fault: { kind: "unavailable" } });
  }));

it("says unavailable when its disk is away, and not that it is empty", () =>
  withFolder(async (folder) => {
    const objects = await openFilesystem({ folder });
    await objects.put(NAME, Buffer.from("1"), undefined, never);
    await rm(folder, { recursive: true });
    const away = { fault: { kind: "unavailable" } };
    await expect(objects.ready()).rejects.toMatchObject(away);
    await expect(objects.read({ object: NAME, offset: 0, length: 1 }, never)).rejects.toMatchObject(away);
    await expect(objects.stream({ object: NAME, offset: 0, length: 1 }, never)).rejects.toMatchObject(away);
    await expect(objects.delete(NAME)).rejects.toMatchObject(away);
    const names = async () => {
      for await (const name of objects.list("")) expect(name).toBeUndefined();
    };
    await expect(names()).rejects.toMatchObject(away);
  }));

it("passes a failure of the source on as it is, even one that looks like the disk's", () =>
  withFolder(async (folder) => {
    const objects = await openFilesystem({ folder });
    const theirs = Object.assign(new Error("their disk is full"), { code: "ENOSPC" });
    async function* full() {
      yield new Uint8Array(1);
      throw theirs;
    }
    await expect(objects.put(NAME, full(), undefined, never)).rejects.toBe(theirs);
  }));

it("names an object by its file URI", () =>
  withFolder(async (folder) => {
    const objects = await openFilesystem({ folder });
    expect(objects.uriOf("main/ns/_kv/caf%C3%A9-00/1.json" as ObjectName)).toBe(
      `file://${folder}/main/ns/_kv/caf%25C3%25A9-00/1.json`,
    );
  }));
