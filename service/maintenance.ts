import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type BackedUp, backup } from "./backup/backup.ts";
import type { Manifest } from "./backup/manifest.ts";
import { type BackupFolder, BackupRefused, type CopiedStore, type Progress } from "./backup/parties.ts";
import { type Restored, restoreBackup } from "./backup/restore.ts";
import { verify } from "./backup/verify.ts";
import type { Config } from "./config.ts";
import { openFilesystem } from "./objects/filesystem.ts";
import { type Assets, mayExist, type OpenedStores, openStores } from "./open-stores.ts";

/** What an operator does with the stores themselves, without a service in between. */
export interface Maintenance {
  readonly config: Pick<Config, "stores">;
  readonly assets: Assets;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** There is no store where the configuration points: a wrong folder, most likely. */
export class NoStore extends Error {
  constructor(folder: string) {
    super(`There is no store in ${folder}. Name its folder with --data, or its servers with the NSKV_* variables.`);
    this.name = "NoStore";
  }
}

/** Backs the store up into `folder`, which is made when missing. Fails with an error for the operator. */
export async function backupStore(
  maintenance: Maintenance,
  folder: string,
  options: { readonly program: string; readonly prune: boolean },
): Promise<BackedUp> {
  await refuseOthers(folder);
  const { progress, signal } = maintenance;
  return withStores(maintenance, async (stores) =>
    backup(copiedOf(stores), await backupFolder(folder), options, progress, signal),
  );
}

/** Makes an empty store, that of the configuration, from the backup in `folder`. Fails with an error for the operator. */
export async function restoreStore(
  { config, assets, progress, signal }: Maintenance,
  folder: string,
): Promise<Restored> {
  const from = await existingFolder(folder);
  const stores = await openStores(config, assets, "as it is");
  return restoreBackup(copiedOf(stores), from, progress, signal).finally(() => stores.close());
}

/** Reads all of the backup in `folder` and writes nothing. Fails with an error for the operator. */
export async function verifyBackup(
  { progress, signal }: Pick<Maintenance, "progress" | "signal">,
  folder: string,
): Promise<Manifest> {
  return verify(await existingFolder(folder), progress, signal);
}

async function withStores<T>({ config, assets }: Maintenance, work: (stores: OpenedStores) => Promise<T>): Promise<T> {
  if (!mayExist(config)) throw new NoStore(config.stores.kind === "embedded" ? config.stores.folder : "");
  const stores = await openStores(config, assets, "as it is");
  return work(stores).finally(() => stores.close());
}

const copiedOf = ({ metadata, objects }: OpenedStores): CopiedStore => ({
  copying: metadata.copying,
  upkeep: metadata.upkeep,
  objects,
});

async function existingFolder(path: string): Promise<BackupFolder> {
  if (!existsSync(join(path, "objects"))) throw new BackupRefused(`There is no backup in ${path}.`);
  return backupFolder(path);
}

const backupFolder = async (path: string): Promise<BackupFolder> => ({
  path,
  objects: await openFilesystem({ folder: join(path, "objects") }),
});

/** What a backup consists of, finished or not. */
const OURS = new Set(["manifest.json", "manifest.json.new", "rows", "objects"]);

/** A folder with other things in it was hardly meant, and nothing there may be removed. */
async function refuseOthers(folder: string): Promise<void> {
  const others = existsSync(folder) ? (await readdir(folder)).filter((name) => !OURS.has(name)) : [];
  if (others.length > 0)
    throw new BackupRefused(
      `${folder} holds other things than a backup, such as ${others[0]}. Name a folder of its own.`,
    );
}
