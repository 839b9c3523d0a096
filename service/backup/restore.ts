import { type CopiedRow, type Copying, Occupied } from "../domain/copy-store.ts";
import { type HeldLease, holdLease } from "../domain/lease.ts";
import { type ObjectName, objectNameTime } from "../domain/object.ts";
import { inPages, sideBySide } from "../domain/side-by-side.ts";
import { SWEEP_LEASE } from "../domain/upkeep-store.ts";
import { eachOf } from "../domain/work.ts";
import { copyObject, damaged } from "./copy-object.ts";
import { readLines } from "./line-file.ts";
import type { Manifest } from "./manifest.ts";
import {
  type BackupFolder,
  BackupRefused,
  COPIES_AT_ONCE,
  type CopiedStore,
  OWN_PREFIX,
  PAGE_OBJECTS,
  type Progress,
  someOf,
} from "./parties.ts";
import { manifestIn, objectLines, verifyFiles } from "./verify.ts";

export interface Restored {
  readonly manifest: Manifest;
  /** Objects that were not in the store yet; an interrupted restore may have brought the others. */
  readonly copied: number;
}

/**
 * Makes an empty store what a backup holds: objects first, then all rows in one transaction. So what is interrupted has
 * no rows, and the next restore of the same backup does the rest. The lease keeps a sweep from taking objects for
 * orphans whose rows are still to come. Fails with `BackupRefused`, `BackupDamaged`, `unavailable`.
 */
export async function restoreBackup(
  store: CopiedStore,
  folder: BackupFolder,
  progress: Progress,
  signal: AbortSignal,
): Promise<Restored> {
  const manifest = await manifestIn(folder);
  await verifyFiles(folder, manifest, progress, signal);
  await refuseRows(store.copying);
  const former = await refuseObjects(store, folder, manifest);
  await reachLevel(store.copying, manifest);
  const lease = await holdLease(store.upkeep, SWEEP_LEASE, () => progress("waiting for a sweep of the store"), signal);
  try {
    const copied = await copyAll(store, folder, manifest, lease, progress, signal);
    // Nothing was ever digested under them: there are no rows. Left here, the oldest would be taken for new values.
    for (const name of former) await store.objects.delete(name);
    lease.check();
    await loadRows(store.copying, folder, manifest, progress, signal);
    await store.copying.migrate();
    return { manifest, copied };
  } finally {
    // It ends by itself if this fails.
    await lease.release().catch(() => undefined);
  }
}

async function refuseRows(copying: Copying): Promise<void> {
  const table = await copying.occupied();
  if (table !== undefined) throw occupied(table);
}

const occupied = (table: string): BackupRefused =>
  new BackupRefused(
    `The database is not empty (table ${table}). Restore into a new database and a new bucket, or into a folder that does not exist yet.`,
  );

const STRANGERS_SHOWN = 5;

/** Objects of other rows would be the sweep's prey. Answers the keys of digests that a service made in the empty store. */
async function refuseObjects(
  { objects }: CopiedStore,
  folder: BackupFolder,
  manifest: Manifest,
): Promise<readonly ObjectName[]> {
  const [strangers, keys]: [string[], ObjectName[]] = [[], []];
  let count = 0;
  for await (const { name, left } of sideBySide(objectLines(folder.path, manifest), objects.inventory(""))) {
    if (left) continue;
    if (name.startsWith(OWN_PREFIX)) keys.push(name as ObjectName);
    else if (objectNameTime(name) !== undefined && ++count <= STRANGERS_SHOWN) strangers.push(name);
  }
  if (count > 0)
    throw new BackupRefused(
      `The object store holds values that are not of this backup, ${count} of them (${someOf(strangers, count)}): once restored, the store would take them for rubbish and delete them. Restore into a new bucket or folder.`,
    );
  return keys;
}

/** The tables as they were when the backup was made; what came later is applied to the rows afterwards. */
async function reachLevel(copying: Copying, { migrations, program }: Manifest): Promise<void> {
  const { applied, known } = await copying.level();
  if (!migrations.every((id) => known.includes(id)))
    throw new BackupRefused(
      `The backup was made by nskv ${program}, whose schema this program does not know. Use that one.`,
    );
  if (!applied.every((id) => migrations.includes(id)))
    throw new BackupRefused(
      "The database has a newer schema than the backup. Restore into a new database: it is then brought up to date.",
    );
  await copying.migrate(migrations);
}

async function copyAll(
  { objects }: CopiedStore,
  folder: BackupFolder,
  manifest: Manifest,
  lease: HeldLease,
  progress: Progress,
  signal: AbortSignal,
): Promise<number> {
  let [done, copied] = [0, 0];
  const pairs = sideBySide(objectLines(folder.path, manifest), objects.inventory(""));
  for await (const page of inPages(pairs, PAGE_OBJECTS)) {
    lease.check();
    signal.throwIfAborted();
    await eachOf(page, COPIES_AT_ONCE, async ({ left, right }) => {
      // Puts are whole or not at all, so the same name and length are the same bytes.
      if (!left || right?.size === left.bytes) return;
      if ((await copyObject(folder.objects, objects, left, left.sha256, signal)) === undefined)
        throw damaged(left.name);
      copied += 1;
    });
    done += page.length;
    progress("objects", done);
  }
  return copied;
}

async function loadRows(
  copying: Copying,
  folder: BackupFolder,
  manifest: Manifest,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  try {
    await copying.load(manifest.sequences, async (loading) => {
      for (const { file, ...table } of manifest.tables) {
        let done = 0;
        for await (const rows of readLines<CopiedRow>(folder.path, file)) {
          signal.throwIfAborted();
          await loading.add(table, rows);
          done += rows.length;
          progress(`rows of ${table.name}`, done);
        }
      }
    });
  } catch (error) {
    throw error instanceof Occupied ? occupied(error.table) : error;
  }
}
