import { inPages, sideBySide } from "../domain/side-by-side.ts";
import { eachOf } from "../domain/work.ts";
import { damaged, hashObject } from "./copy-object.ts";
import type { KnownObject } from "./copy-objects.ts";
import { BackupDamaged, readLines } from "./line-file.ts";
import { type Manifest, type ObjectLine, readManifest } from "./manifest.ts";
import { type BackupFolder, BackupRefused, COPIES_AT_ONCE, PAGE_OBJECTS, type Progress } from "./parties.ts";

/** The manifest of a finished backup. Fails with `BackupRefused` where there is none, and with `BackupDamaged`. */
export async function manifestIn({ path }: BackupFolder): Promise<Manifest> {
  const manifest = await readManifest(path);
  if (manifest) return manifest;
  throw new BackupRefused(
    `${path} holds no finished backup: it has no manifest.json. A backup that was broken off is finished by "nskv backup" into the same folder.`,
  );
}

export async function* objectLines(path: string, { objects }: Manifest): AsyncGenerator<KnownObject, void, void> {
  for await (const page of readLines<ObjectLine>(path, objects.file))
    for (const [name, bytes, sha256] of page) yield { name, bytes, sha256 };
}

/** Reads the files of rows, whole, and sees that each object is there in its length. Fails with `BackupDamaged`. */
export async function verifyFiles(
  folder: BackupFolder,
  manifest: Manifest,
  progress: Progress,
  signal: AbortSignal,
): Promise<void> {
  for (const { name, file } of manifest.tables) {
    let done = 0;
    for await (const lines of readLines(folder.path, file)) {
      signal.throwIfAborted();
      done += lines.length;
      progress(`checking rows of ${name}`, done);
    }
  }
  let [count, bytes] = [0, 0];
  for await (const { left, right } of sideBySide(objectLines(folder.path, manifest), folder.objects.inventory(""))) {
    if (!left) continue; // of an earlier backup
    if (!right) throw new BackupDamaged(`The object ${left.name} of the backup is missing.`);
    if (right.size !== left.bytes)
      throw new BackupDamaged(
        `The object ${left.name} of the backup has ${right.size} bytes instead of ${left.bytes}.`,
      );
    count += 1;
    bytes += left.bytes;
  }
  if (count !== manifest.objects.count || bytes !== manifest.objects.bytes)
    throw new BackupDamaged(`The backup lists ${count} objects instead of ${manifest.objects.count}.`);
}

/** Reads all bytes of the backup. Fails with `BackupRefused` and `BackupDamaged`. */
export async function verify(folder: BackupFolder, progress: Progress, signal: AbortSignal): Promise<Manifest> {
  const manifest = await manifestIn(folder);
  await verifyFiles(folder, manifest, progress, signal);
  let done = 0;
  for await (const page of inPages(objectLines(folder.path, manifest), PAGE_OBJECTS)) {
    await eachOf(page, COPIES_AT_ONCE, async (object) => {
      if ((await hashObject(folder.objects, object, signal)) !== object.sha256) throw damaged(object.name);
    });
    done += page.length;
    progress("checking objects", done);
  }
  return manifest;
}
