import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import type { NamedObject, Snapshot } from "../domain/copy-store.ts";
import { type HeldLease, holdLease } from "../domain/lease.ts";
import type { ObjectName } from "../domain/object.ts";
import { each, sideBySide } from "../domain/side-by-side.ts";
import { BACKUP_LEASE } from "../domain/upkeep-store.ts";
import { copyObjects } from "./copy-objects.ts";
import { type LineFile, readLines, writeLines } from "./line-file.ts";
import { FORMAT, FORMAT_VERSION, type Manifest, readManifest, syncFolder, writeManifest } from "./manifest.ts";
import { type BackupFolder, BackupRefused, type CopiedStore, type Progress } from "./parties.ts";
import { objectLines } from "./verify.ts";

export interface BackupOptions {
  /** The version of the program that makes it. */
  readonly program: string;
  /** Removes objects from the folder that this backup does not name. */
  readonly prune: boolean;
}

export interface BackedUp {
  readonly manifest: Manifest;
  /** Objects that were not in the folder yet, and their bytes. */
  readonly copied: { readonly objects: number; readonly bytes: number };
  readonly pruned: number;
}

const ROWS = "rows";

/**
 * Copies a store into a folder while the service may run: first all rows as of one moment, then each object that they
 * name and the folder does not have, and last the manifest. The lease keeps everybody from deleting objects meanwhile.
 * An earlier backup in the folder stays whole until this one is. Fails with `BackupRefused`, `unavailable` and the disk's errors.
 */
export async function backup(
  store: CopiedStore,
  folder: BackupFolder,
  { program, prune }: BackupOptions,
  progress: Progress,
  signal: AbortSignal,
): Promise<BackedUp> {
  const { applied, known } = await store.copying.level();
  if (`${applied}` !== `${known}`)
    throw new BackupRefused(
      "The database's schema is not this program's. Make the backup with the version of nskv that serves the store.",
    );
  const former = await readManifest(folder.path);
  const lease = await holdLease(store.upkeep, BACKUP_LEASE, () => progress("waiting for another backup"), signal);
  try {
    const id = uuidv7();
    const rows = await copyRows(store, folder, `${ROWS}/${id}`, progress, signal);
    const objects = await copyNamed(store, folder, { id, former, wanted: rows.named, lease }, progress, signal);
    lease.check();
    await rm(join(folder.path, rows.named.path));
    for (const path of [`${ROWS}/${id}`, ROWS]) await syncFolder(join(folder.path, path));
    const { copied, ...listed } = objects;
    const manifest = { ...rows.manifest, program, id, migrations: applied, objects: listed };
    await writeManifest(folder.path, manifest);
    return { manifest, copied, pruned: await tidy(folder, manifest, prune, progress) };
  } finally {
    // It ends by itself if this fails.
    await lease.release().catch(() => undefined);
  }
}

/** All tables, and which objects their revisions name, as of one moment. */
async function copyRows(
  { copying }: CopiedStore,
  { path }: BackupFolder,
  into: string,
  progress: Progress,
  signal: AbortSignal,
) {
  return copying.snapshot(async (snapshot: Snapshot) => {
    const tables: Manifest["tables"][number][] = [];
    for (const table of snapshot.tables) {
      const pages = told(snapshot.rows(table), (done) => progress(`rows of ${table.name}`, done), signal);
      tables.push({ ...table, file: await writeLines(path, `${into}/${table.name}.ndjson`, pages) });
    }
    const names = told(snapshot.objects(), (done) => progress("names of objects", done), signal);
    const named = await writeLines(path, `${into}/named-objects.ndjson`, names);
    const { takenAt, sequences } = snapshot;
    return { named, manifest: { format: FORMAT, formatVersion: FORMAT_VERSION, takenAt, sequences, tables } as const };
  });
}

async function* told<Item>(
  pages: AsyncIterable<readonly Item[]>,
  tell: (done: number) => void,
  signal: AbortSignal,
): AsyncGenerator<readonly Item[], void, void> {
  let done = 0;
  for await (const page of pages) {
    signal.throwIfAborted();
    yield page;
    done += page.length;
    tell(done);
  }
}

interface Wanted {
  readonly id: string;
  readonly former: Manifest | undefined;
  readonly wanted: LineFile;
  readonly lease: HeldLease;
}

async function copyNamed(
  store: CopiedStore,
  folder: BackupFolder,
  { id, former, wanted, lease }: Wanted,
  progress: Progress,
  signal: AbortSignal,
) {
  const named = each(readLines<NamedObject>(folder.path, wanted));
  const known = former ? objectLines(folder.path, former) : nothing();
  const copying = copyObjects(store, folder, { named, known }, () => lease.check(), progress, signal);
  const file = await writeLines(folder.path, `${ROWS}/${id}/stored-objects.ndjson`, copying.lines());
  return { ...copying.totals(), file };
}

async function* nothing(): AsyncGenerator<never, void, void> {}

/** What earlier backups have left: their rows always, their objects on request. */
async function tidy(folder: BackupFolder, manifest: Manifest, prune: boolean, progress: Progress): Promise<number> {
  for (const name of await readdir(join(folder.path, ROWS)))
    if (name !== manifest.id) await rm(join(folder.path, ROWS, name), { recursive: true, force: true });
  if (!prune) return 0;
  let pruned = 0;
  for await (const { name, left } of sideBySide(objectLines(folder.path, manifest), folder.objects.inventory(""))) {
    if (left) continue;
    await folder.objects.delete(name as ObjectName);
    progress("removing objects that are not named any more", ++pruned);
  }
  return pruned;
}
