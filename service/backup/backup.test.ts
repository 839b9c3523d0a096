import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { migrationsUrl, pgliteWorkerUrl } from "../../test/support/pglite.ts";
import type { Copying } from "../domain/copy-store.ts";
import { HELD_LEASE_MS } from "../domain/lease.ts";
import { newObjectName, type ObjectName } from "../domain/object.ts";
import type { Database } from "../metadata/database.ts";
import { openMaintained } from "../metadata/maintained.ts";
import { openPgliteDatabase } from "../metadata/pglite-database.ts";
import { freshPlace, look, put, valueAt, written } from "../metadata/suite-store.ts";
import { openFilesystem } from "../objects/filesystem.ts";
import { backup } from "./backup.ts";
import { type Manifest, readManifest, writeManifest } from "./manifest.ts";
import type { BackupFolder, CopiedStore } from "./parties.ts";
import { restoreBackup } from "./restore.ts";

const never = new AbortController().signal;
const quiet = () => undefined;
const OPTIONS = { program: "0.0.0-test", prune: false };

let root: string;
let folders = 0;
const opened: { close(): Promise<void> }[] = [];

interface Opened extends CopiedStore {
  readonly database: Database;
  readonly metadata: Awaited<ReturnType<typeof openMaintained>>;
}

async function openStore(): Promise<Opened> {
  const folder = join(root, `store-${++folders}`);
  const database = await openPgliteDatabase({ folder: join(folder, "metadata"), workerUrl: pgliteWorkerUrl });
  const metadata = await openMaintained(database, { migrations: migrationsUrl, schema: "as it is" });
  opened.push(metadata);
  const objects = await openFilesystem({ folder: join(folder, "objects") });
  return { database, metadata, copying: metadata.copying, upkeep: metadata.upkeep, objects };
}

async function freshFolder(): Promise<BackupFolder> {
  const path = join(root, `backup-${++folders}`);
  return { path, objects: await openFilesystem({ folder: join(path, "objects") }) };
}

/** A key with its object. */
async function write(store: Opened, text: string) {
  const at = freshPlace();
  const object = newObjectName(at);
  await store.objects.put(object, Buffer.from(text), text.length, never);
  const slice = { object, offset: 0, length: text.length };
  return written(store, put(at, { value: valueAt(at, { slice, size: text.length }) }));
}

let store: Opened;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "nskv-backup-unit-"));
  store = await openStore();
  await store.copying.migrate();
  await store.objects.put("_nskv/digest-keys/1" as ObjectName, Buffer.alloc(32), 32, never);
  for (const text of ["1", "22", "x".repeat(100_000)]) await write(store, text);
});
afterAll(async () => {
  await Promise.all(opened.map((one) => one.close()));
  await rm(root, { recursive: true, force: true });
});

/** The program as it was before its last migration. */
async function asOlder(copying: Copying): Promise<Copying> {
  const { known } = await copying.level();
  const older = known.slice(0, -1);
  return { ...copying, level: async () => ({ applied: older, known: older }) };
}

it("a backup of an older version is restored and brought up to date; an older program refuses a newer one", async () => {
  const old = await openStore();
  const copying = await asOlder(old.copying);
  const { known } = await copying.level();
  await old.copying.migrate(known);
  const row = "('main', 'a.b', '{}', '{}', clock_timestamp(), 'me', clock_timestamp(), 'me')";
  await look(
    old,
    `INSERT INTO namespaces (tenant, name, labels, extra, created_at, created_by, updated_at, updated_by) VALUES ${row} RETURNING 1`,
  );
  const folder = await freshFolder();
  const { manifest } = await backup({ ...old, copying }, folder, OPTIONS, quiet, never);
  expect(manifest.migrations).toEqual(known);
  const target = await openStore();
  await restoreBackup(target, folder, quiet, never);
  const level = await target.copying.level();
  expect(level.applied).toEqual(level.known);
  expect(await look(target, "SELECT name, extra, declared FROM namespaces")).toEqual([["a.b", "{}", "f"]]);

  const newer = await freshFolder();
  await backup(store, newer, OPTIONS, quiet, never);
  const older = { ...(await openStore()) };
  await expect(restoreBackup({ ...older, copying: await asOlder(older.copying) }, newer, quiet, never)).rejects.toThrow(
    "made by nskv 0.0.0-test, whose schema this program does not know",
  );
  await older.copying.migrate();
  await expect(restoreBackup(older, folder, quiet, never)).rejects.toThrow("newer schema than the backup");
}, 180_000); // three databases are made

it("a backup whose database has another schema than the program is refused", async () => {
  const copying = { ...store.copying, level: async () => ({ applied: ["1"], known: ["1", "2"] }) };
  await expect(backup({ ...store, copying }, await freshFolder(), OPTIONS, quiet, never)).rejects.toThrow(
    "schema is not this program's",
  );
});

it("what a broken backup has copied is not copied again, and the former one stays until the new one is whole", async () => {
  const folder = await freshFolder();
  const first = await backup(store, folder, OPTIONS, quiet, never);
  expect(first.copied.objects).toBe(4);
  await write(store, "333");
  const { slice } = await write(store, "4444");
  const bytes = await store.objects.read(slice, never);
  await store.objects.delete(slice.object);
  await expect(backup(store, folder, OPTIONS, quiet, never)).rejects.toThrow(
    /^Missing in the object store.*: 1 \(main/,
  );
  expect(await readManifest(folder.path)).toEqual(first.manifest);
  await store.objects.put(slice.object, bytes ?? Buffer.alloc(0), 4, never);
  let reads = 0;
  const counted = {
    ...store,
    objects: new Proxy(store.objects, {
      get(target, name) {
        if (name === "read" || name === "stream") reads += 1;
        const member = Reflect.get(target, name) as (...given: unknown[]) => unknown;
        return (...given: unknown[]) => member.apply(target, given);
      },
    }),
  };
  const second = await backup(counted, folder, OPTIONS, quiet, never);
  // The digest's key, and the object that was missing: what the failed one brought is there.
  expect(reads).toBe(2);
  expect(second.manifest.objects.count).toBe(6);
  const target = await openStore();
  expect(await restoreBackup(target, folder, quiet, never)).toMatchObject({ copied: 6 });
});

it("a backup that lost its lease fails, and leaves no manifest", async () => {
  const folder = await freshFolder();
  let takes = 0;
  const upkeep = { take: async () => (++takes === 1 ? 1_000 : 1_000_000_000) };
  const slow = {
    ...store,
    upkeep,
    objects: new Proxy(store.objects, {
      get(target, name) {
        const member = Reflect.get(target, name) as (...given: unknown[]) => unknown;
        if (name !== "read") return (...given: unknown[]) => member.apply(target, given);
        return async (...given: unknown[]) => {
          await vi.advanceTimersByTimeAsync(HELD_LEASE_MS);
          return member.apply(target, given);
        };
      },
    }),
  };
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  await expect(backup(slow, folder, OPTIONS, quiet, never))
    .rejects.toThrow('The lease "backup" has ended.')
    .finally(() => vi.useRealTimers());
  expect(await readManifest(folder.path)).toBeUndefined();
});

it("a backup that is told to stop leaves no manifest", async () => {
  const folder = await freshFolder();
  const stopping = new AbortController();
  const stop = (step: string) => (step.startsWith("rows") ? stopping.abort(new Error("stopped")) : undefined);
  await expect(backup(store, folder, OPTIONS, stop, stopping.signal)).rejects.toThrow("stopped");
  expect(await readManifest(folder.path)).toBeUndefined();
});

it.each([
  { what: "another format", change: { format: "tar" }, says: "no manifest of a backup" },
  { what: "a format of the future", change: { formatVersion: 2 }, says: "only a newer nskv can read" },
])("a manifest of $what is refused", async ({ change, says }) => {
  const folder = await freshFolder();
  const { manifest } = await backup(store, folder, OPTIONS, quiet, never);
  await writeManifest(folder.path, { ...manifest, ...change } as Manifest);
  await expect(restoreBackup(store, folder, quiet, never)).rejects.toThrow(says);
});

it("each changed byte of the manifest is noticed", async () => {
  const folder = await freshFolder();
  await backup(store, folder, OPTIONS, quiet, never);
  const whole = await readFile(join(folder.path, "manifest.json"));
  const copy = join(root, "manifests");
  await cp(folder.path, copy, { recursive: true });
  // Not the blanks between members: they mean nothing.
  for (let at = 0; at < whole.length; at += 1) {
    if (/\s/.test(String.fromCharCode(whole[at] ?? 0))) continue;
    const changed = Buffer.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await writeFile(join(copy, "manifest.json"), changed);
    await expect(readManifest(copy), `byte ${at}`).rejects.toThrow(/damaged|no manifest|newer nskv/);
  }
});
