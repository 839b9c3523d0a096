import type { FileHandle } from "node:fs/promises";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { ObjectName } from "../domain/object.ts";
import type { Objects, Proof } from "../domain/stores.ts";
import { openFilesystem } from "./filesystem.ts";
import { Disk, type Node } from "./suite-power-cut.ts";

const disk = vi.hoisted((): { current: Disk | undefined } => ({ current: undefined }));

/** Runs the real call and then tells the model, if the call succeeded and a test is on. */
const told = vi.hoisted(
  () =>
    async <T>(what: string, path: string, run: () => Promise<T>, tell: (result: T, model: Disk) => void) => {
      const model = disk.current;
      if (!model) return run();
      await model.holds.get(`before ${what} ${model.shown(path)}`);
      await someTurns();
      const result = await model.call(async () => {
        const done = await run();
        tell(done, model);
        return done;
      });
      // The kernel is through, but the caller has not heard of it yet.
      await model.holds.get(`after ${what} ${model.shown(path)}`);
      await someTurns();
      return result;

      async function someTurns(): Promise<void> {
        const most = Math.random() < 0.2 ? 20 : 2;
        for (let turns = Math.floor(Math.random() * most); turns > 0; turns -= 1) await new Promise(setImmediate);
      }
    },
);

const wrote = vi.hoisted(() => (node: Node) => {
  node.writes += 1;
});

vi.mock("./files.ts", async (original) => {
  const real = await original<typeof import("./files.ts")>();
  const opened = new Map<number, { readonly path: string; readonly node: Node }>();
  /** A file that was opened before the test has no node. */
  const follow = (what: string, file: number, run: () => Promise<void>, tell: (node: Node, model: Disk) => void) => {
    const { path, node } = opened.get(file) ?? {};
    return path && node ? told(what, path, run, (_, model) => tell(node, model)) : run();
  };
  const mocked: typeof real = {
    ...real,
    openFile: (path, flags) =>
      told(
        flags === "wx" ? "create" : "open",
        path,
        () => real.openFile(path, flags),
        (file, model) => opened.set(file, { path, node: flags === "wx" ? model.create(path) : model.nodeOf(path) }),
      ),
    writeAll: (file, bytes) => follow("write", file, () => real.writeAll(file, bytes), wrote),
    syncFile: (file) =>
      follow(
        "sync",
        file,
        () => real.syncFile(file),
        (node, model) => model.sync(node, opened.get(file)?.path ?? ""),
      ),
  };
  return mocked;
});

vi.mock("node:fs/promises", async (original) => {
  const real = await original<typeof import("node:fs/promises")>();
  function watch(model: Disk, handle: FileHandle, path: string): FileHandle {
    const node = model.create(path);
    const { sync, writeFile } = handle;
    handle.sync = () =>
      told(
        "sync",
        path,
        () => sync.call(handle),
        () => model.sync(node, path),
      );
    handle.writeFile = (...args) =>
      told(
        "write",
        path,
        () => writeFile.apply(handle, args),
        () => wrote(node),
      );
    return handle;
  }
  return {
    ...real,
    /** Only what is written under a temporary name. */
    open: (path: string, flags: string, mode?: number) =>
      told(
        "open",
        path,
        () => real.open(path, flags, mode),
        (handle, model) => (flags === "wx" ? watch(model, handle, path) : handle),
      ),
    mkdir: (path: string, options: object) =>
      told(
        "mkdir",
        path,
        () => real.mkdir(path, options),
        (_, model) => model.mkdir(path),
      ),
    rename: (from: string, to: string) =>
      told(
        "rename",
        to,
        () => real.rename(from, to),
        (_, model) => model.rename(from, to),
      ),
    unlink: (path: string) =>
      told(
        "unlink",
        path,
        () => real.unlink(path),
        (_, model) => model.remove(path),
      ),
    rmdir: (path: string) =>
      told(
        "rmdir",
        path,
        () => real.rmdir(path),
        (_, model) => model.remove(path),
      ),
  };
});

const never = new AbortController().signal;
let folder: string;
let objects: Objects;
let model: Disk;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "nskv-durable-"));
  objects = await openFilesystem({ folder });
  model = new Disk();
  model.root = folder;
  model.mkdir(join(folder, ".tmp"));
  model.log.length = 0;
  disk.current = model;
});
afterEach(async () => {
  disk.current = undefined;
  await rm(folder, { recursive: true, force: true });
});

async function putAndCutPower(name: string, proof: Proof = "name"): Promise<void> {
  await objects.put(name as ObjectName, Buffer.from("value"), undefined, never, proof);
  expect(model.survives(name), `${name} survives`).toBe(true);
}

it("syncs the file before its name, and every new folder in the one that holds it", async () => {
  await putAndCutPower("main/ns/_kv/key-00/1.json");
  expect(model.log).toEqual([
    "create temporary",
    "sync temporary",
    "mkdir main",
    "sync root",
    "mkdir main/ns",
    "sync main",
    "mkdir main/ns/_kv",
    "sync main/ns",
    "mkdir main/ns/_kv/key-00",
    "sync main/ns/_kv",
    "rename main/ns/_kv/key-00/1.json",
    "sync main/ns/_kv/key-00",
  ]);
});

it("syncs twice for a further object in a folder that it knows", async () => {
  await putAndCutPower("main/ns/_kv/key-00/1.json");
  model.log.length = 0;
  await putAndCutPower("main/ns/_kv/key-00/2.json");
  expect(model.log).toEqual([
    "create temporary",
    "sync temporary",
    "rename main/ns/_kv/key-00/2.json",
    "sync main/ns/_kv/key-00",
  ]);
});

it("gives a file its name at once, and syncs it beside its folder, where a row will prove it", async () => {
  await putAndCutPower("main/ns/_kv/key-00/1.json");
  model.log.length = 0;
  await putAndCutPower("main/ns/_kv/key-00/2.json", "row");
  const name = "main/ns/_kv/key-00/2.json";
  expect(model.log[0]).toBe(`create ${name}`);
  expect(model.log.slice(1).sort()).toEqual(["sync main/ns/_kv/key-00", `sync ${name}`]);
});

it.each(["sync main/ns/_kv/key-00", "sync main/ns/_kv/key-00/2.json"])("and waits for both: %s", async (call) => {
  await putAndCutPower("main/ns/_kv/key-00/1.json");
  const release = model.hold(`before ${call}`);
  let isDone = false;
  const put = putAndCutPower("main/ns/_kv/key-00/2.json", "row").then(() => {
    isDone = true;
  });
  await vi.waitFor(() => expect(model.log).toContain("create main/ns/_kv/key-00/2.json"));
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
  expect(isDone).toBe(false);
  release();
  await put;
});

it("syncs folders that another process made, because that one may have been killed before it did", async () => {
  disk.current = undefined;
  await objects.put("main/ns/_kv/key-00/1.json" as ObjectName, Buffer.from("value"), undefined, never);
  disk.current = model;
  for (const path of ["main", "main/ns", "main/ns/_kv", "main/ns/_kv/key-00"]) model.mkdir(join(folder, path));
  objects = await openFilesystemAgain();
  await putAndCutPower("main/ns/_kv/key-00/2.json");
});

it.each([
  { call: "before open temporary", code: "EROFS", reason: "The object store does not answer." },
  { call: "before write temporary", code: "ENOSPC", reason: "The object store has no space left." },
  { call: "before write temporary", code: "EDQUOT", reason: "The object store has no space left." },
  { call: "before sync temporary", code: "EIO", reason: "The object store does not answer." },
  { call: "before mkdir main/ns", code: "EACCES", reason: "The object store does not answer." },
  { call: "before sync main", code: "EIO", reason: "The object store does not answer." },
  { call: "before rename main/ns/1.json", code: "EIO", reason: "The object store does not answer." },
  { call: "after rename main/ns/1.json", code: "EIO", reason: "The object store does not answer." },
  { call: "before sync main/ns", code: "EIO", reason: "The object store does not answer." },
])("leaves nothing and says unavailable when $code comes $call, and goes on when it is over", async (row) => {
  await failsAndGoesOn(row, "name");
});

it.each([
  { call: "before create main/ns/1.json", code: "EROFS", reason: "The object store does not answer." },
  { call: "before write main/ns/1.json", code: "ENOSPC", reason: "The object store has no space left." },
  { call: "before sync main/ns/1.json", code: "EIO", reason: "The object store does not answer." },
  { call: "before sync main/ns", code: "ENOSPC", reason: "The object store has no space left." },
])("and likewise $call where a row will prove the object", async (row) => {
  await failsAndGoesOn(row, "row");
});

async function failsAndGoesOn(row: Readonly<Record<"call" | "code" | "reason", string>>, proof: Proof): Promise<void> {
  const { call, code, reason } = row;
  const failure = Promise.reject(Object.assign(new Error(`${code}: for a test`), { code }));
  failure.catch(() => undefined);
  model.holds.set(call, failure);
  const name = "main/ns/1.json" as ObjectName;
  const put = objects.put(name, Buffer.from("value"), undefined, never, proof);
  await expect(put).rejects.toMatchObject({ fault: { kind: "unavailable", reason }, cause: { code } });
  expect(await objects.read({ object: name, offset: 0, length: 5 }, never)).toBeUndefined();
  expect(await readdir(join(folder, ".tmp"))).toEqual([]);
  model.holds.clear();
  await putAndCutPower("main/ns/2.json", proof);
}

/** With the model looking away: opening clears the temporary folder with calls that it does not follow. */
async function openFilesystemAgain(): Promise<Objects> {
  disk.current = undefined;
  const again = await openFilesystem({ folder });
  disk.current = model;
  return again;
}

it("shares the syncs of one folder among concurrent puts", async () => {
  await putAndCutPower("main/ns/_kv/key-00/0.json");
  model.log.length = 0;
  await Promise.all(Array.from({ length: 50 }, (_, i) => putAndCutPower(`main/ns/_kv/key-00/${i + 1}.json`)));
  expect(model.log.filter((line) => line === "sync main/ns/_kv/key-00").length).toBeLessThan(50);
});

it("writes into more folders at once than it holds open", async () => {
  const names = Array.from({ length: 150 }, (_, i) => `main/ns-${i}/1.json`);
  await Promise.all(names.map((name) => putAndCutPower(name, "row")));
  await Promise.all(names.map((name) => putAndCutPower(name.replace("/1", "/2"), "row")));
});

it("does not take a sync for its own that began before its file had its name", async () => {
  const key = "main/ns/_kv/key-00";
  await putAndCutPower(`${key}/0.json`);
  const release = model.hold(`after sync ${key}`);
  const first = putAndCutPower(`${key}/1.json`);
  await vi.waitFor(() => expect(model.log.filter((line) => line === `sync ${key}`)).toHaveLength(2));
  const second = putAndCutPower(`${key}/2.json`);
  await vi.waitFor(() => expect(model.log).toContain(`rename ${key}/2.json`));
  release();
  await Promise.all([first, second]);
});

it("waits for the sync of a folder that was removed and made anew while its file was on the way into it", async () => {
  const key = "main/ns/_kv/key-00";
  await putAndCutPower("main/ns/_kv/other-00/0.json");
  await putAndCutPower(`${key}/0.json`);
  const renameGoesOn = model.hold(`before rename ${key}/1.json`);
  const late = putAndCutPower(`${key}/1.json`);
  await vi.waitFor(() => expect(model.log.at(-1)).toBe("sync temporary"));
  await objects.delete(`${key}/0.json` as ObjectName);
  const parentIsSynced = model.hold("before sync main/ns/_kv");
  const maker = putAndCutPower(`${key}/2.json`);
  await vi.waitFor(() => expect(model.log.at(-1)).toBe(`mkdir ${key}`));
  renameGoesOn();
  await vi.waitFor(() => expect(model.log.at(-1)).toBe(`sync ${key}`));
  // Time enough for a put that does not wait.
  for (let turns = 0; turns < 50; turns += 1) await new Promise(setImmediate);
  parentIsSynced();
  await Promise.all([late, maker]);
});

it.each(["name", "row"] as const)("keeps that promise while deletes remove folders, by its %s", async (proof) => {
  for (let round = 0; round < 60; round += 1) {
    const at = (key: number, i: number) => `main/ns-${round % 3}/_kv/key-${key}/${round}-${i}.json`;
    const before = [0, 1].map((key) => at(key, 0));
    await Promise.all(before.map((name) => putAndCutPower(name, proof)));
    const puts = [0, 1].flatMap((key) => [1, 2, 3].map((i) => at(key, i)));
    await Promise.all([
      ...before.map((name) => objects.delete(name as ObjectName)),
      ...puts.map(async (name) => {
        await putAndCutPower(name, proof);
        if (name.endsWith("-3.json")) return;
        await objects.delete(name as ObjectName);
      }),
    ]);
    const left = puts.filter((name) => name.endsWith("-3.json"));
    for (const name of left) {
      expect(model.survives(name), `${name} survives the deletes beside it`).toBe(true);
      await objects.delete(name as ObjectName);
    }
  }
});
