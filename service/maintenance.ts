import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { type BackedUp, backup } from "./backup/backup.ts";
import type { Manifest } from "./backup/manifest.ts";
import { type BackupFolder, BackupRefused, type CopiedStore, type Progress } from "./backup/parties.ts";
import { type Restored, restoreBackup } from "./backup/restore.ts";
import { verify } from "./backup/verify.ts";
import type { Config } from "./config.ts";
import type { Copying } from "./domain/copy-store.ts";
import { type Digester, readDigesters } from "./domain/digest.ts";
import { type DoctorRules, examine } from "./domain/doctor.ts";
import type { Report } from "./domain/findings.ts";
import { SWEEP_RULES } from "./domain/sweep.ts";
import { openFilesystem } from "./objects/filesystem.ts";
import { mayExist, type OpenedStores, openStores, type StoreAssets } from "./open-stores.ts";

/** What an operator does with the stores themselves, without a service in between. */
export interface Maintenance {
  readonly config: Pick<Config, "stores">;
  readonly assets: StoreAssets;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** There is no store where the configuration points, or none that this program can read. */
export class NoStore extends Error {
  constructor(reason: string) {
    super(reason);
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
  const stores = await openStores(config, assets, { schema: "as it is" });
  return restoreBackup(copiedOf(stores), from, progress, signal).finally(() => stores.close());
}

/** Reads all of the backup in `folder` and writes nothing. Fails with an error for the operator. */
export async function verifyBackup(
  { progress, signal }: Pick<Maintenance, "progress" | "signal">,
  folder: string,
): Promise<Manifest> {
  return verify(await existingFolder(folder), progress, signal);
}

/** Looks at all of the store, and repairs what it is told to. Fails with an error for the operator when it cannot look. */
export async function examineStore(
  maintenance: Maintenance,
  { fix, deep }: Pick<DoctorRules, "fix" | "deep">,
): Promise<Report> {
  const { progress, signal } = maintenance;
  return withStores(maintenance, async ({ metadata, objects }) => {
    await refuseOtherSchema(metadata.copying);
    const digesters = await readDigesters(objects, signal);
    const [digester = NO_DIGESTER] = digesters.values();
    const patient = { stores: { metadata, objects, digester }, inspection: metadata.inspection, digesters };
    const rules = { fix, deep, orphanMs: SWEEP_RULES.orphanMs, pageSize: PAGE_SIZE };
    return examine(patient, rules, progress, signal);
  });
}

/** Rows of one look. */
const PAGE_SIZE = 1_000;

/** Repairs write no bytes. */
const NO_DIGESTER: Digester = { start: noKey, of: noKey, derive: noKey };

function noKey(): never {
  throw new Error("There is no key for digests in the object store.");
}

async function refuseOtherSchema(copying: Copying): Promise<void> {
  const { applied, known } = await copying.level();
  const missing = known.filter((id) => !applied.includes(id)).length;
  if (missing > 0)
    throw new NoStore(
      `The database lacks ${missing} of the ${known.length} migrations of this version: the service applies them when it starts. Run the doctor of the version that serves the store, or start this one.`,
    );
  if (applied.length > known.length)
    throw new NoStore(
      "The database has a newer schema than this program knows. Run the doctor of the version that serves the store.",
    );
}

async function withStores<T>({ config, assets }: Maintenance, work: (stores: OpenedStores) => Promise<T>): Promise<T> {
  if (!mayExist(config)) {
    const folder = config.stores.kind === "embedded" ? config.stores.folder : "";
    throw new NoStore(
      `There is no store in ${folder}. Name its folder with --data, or its servers with the NSKV_* variables.`,
    );
  }
  const stores = await openStores(config, assets, { schema: "as it is" });
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
