import { createHash } from "node:crypto";
import { open, readFile, rename } from "node:fs/promises";
import { join } from "node:path";
import type { CopiedTable, SequenceState } from "../domain/copy-store.ts";
import type { Instant } from "../domain/entry.ts";
import { BackupDamaged, type LineFile } from "./line-file.ts";

/** What a finished backup says of itself. */
export interface Manifest {
  readonly format: typeof FORMAT;
  readonly formatVersion: typeof FORMAT_VERSION;
  /** Of this run: the folder that its rows lie in. */
  readonly id: string;
  /** The program that made it. */
  readonly program: string;
  /** The database's clock when the snapshot was taken: what was answered before is in the backup. */
  readonly takenAt: Instant;
  /** The migrations that the database had: by them the tables have their columns. */
  readonly migrations: readonly string[];
  readonly sequences: readonly SequenceState[];
  readonly tables: readonly (CopiedTable & { readonly file: LineFile })[];
  readonly objects: { readonly count: number; readonly bytes: number; readonly file: LineFile };
}

/** A line of the list of objects: name, bytes, SHA-256. The files lie below `objects/`, under their own names. */
export type ObjectLine = readonly [name: string, bytes: number, sha256: string];

export const FORMAT = "namespace-kv backup";
export const FORMAT_VERSION = 1;
const FILE = "manifest.json";

/** Last of all, at once and for good: where there is a manifest, there is all that it names. */
export async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const temporary = join(folder, `${FILE}.new`);
  const file = await open(temporary, "w", 0o600);
  try {
    await file.writeFile(`${JSON.stringify({ ...manifest, sha256: sumOf(manifest) }, undefined, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, join(folder, FILE));
  await syncFolder(folder);
}

/** Undefined when no backup was ever finished in this folder. Fails with `BackupDamaged`. */
export async function readManifest(folder: string): Promise<Manifest | undefined> {
  let text: string;
  try {
    text = await readFile(join(folder, FILE), "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
  const { sha256, ...manifest } = parsed(text) as Manifest & { readonly sha256: unknown };
  if (manifest.format !== FORMAT) throw new BackupDamaged(`${FILE} is no manifest of a backup.`);
  if ((manifest.formatVersion as number) > FORMAT_VERSION)
    throw new BackupDamaged(`The backup has format ${manifest.formatVersion}, which only a newer nskv can read.`);
  if (sha256 !== sumOf(manifest)) throw new BackupDamaged(`${FILE} does not fit its own checksum: it is damaged.`);
  return manifest;
}

function parsed(text: string): object {
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null) return json;
  } catch {
    // Said below: the reason would show a part of the text.
  }
  throw new BackupDamaged(`${FILE} is no JSON object: it is damaged.`);
}

const sumOf = (manifest: Manifest): string => createHash("sha256").update(JSON.stringify(manifest)).digest("hex");

/** Makes the names in a folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
