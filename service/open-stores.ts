import { join } from "node:path";
import { STORE_SECONDS } from "../api/limits.ts";
import type { Config } from "./config.ts";
import { holdsStore, prepareDataFolder } from "./data-folder.ts";
import type { InventoriedObjects } from "./domain/inventory.ts";
import type { CallWatch, Causes } from "./domain/telemetry.ts";
import type { MaintainedMetadata } from "./metadata/maintained.ts";
import { openPglite } from "./metadata/pglite.ts";
import { openPostgres } from "./metadata/postgres.ts";
import { openFilesystem } from "./objects/filesystem.ts";
import { syncFolder } from "./objects/folders.ts";
import { observed } from "./objects/observed.ts";
import { openS3 } from "./objects/s3.ts";
import { s3LimitsFor } from "./objects/s3-limits.ts";

/** Files beside the program that the rooms load by address. */
export interface StoreAssets {
  readonly migrations: URL;
  readonly pgliteWorker: URL;
}

export interface OpenedStores {
  readonly metadata: MaintainedMetadata;
  readonly objects: InventoriedObjects;
  close(): Promise<void>;
}

/** Who is told of the calls of both stores, and who follows requests into them. */
interface Watching {
  readonly database: CallWatch;
  readonly objects: CallWatch;
  readonly tracer: Causes | undefined;
}

interface OpenOptions {
  /** `as it is` leaves the schema alone: whoever only looks must not change it under a service of another version. */
  readonly schema?: "up to date" | "as it is";
  readonly telemetry?: Watching;
}

/**
 * Opens database and object store. The database first: its lock keeps a second process from the folder of objects as
 * well. Fails with an error for the operator when another process has the folder, when it cannot be one, or when a server
 * does not answer.
 */
export async function openStores(
  { stores, storeMsMax = STORE_SECONDS * 1_000 }: Pick<Config, "stores"> & Partial<Pick<Config, "storeMsMax">>,
  { migrations, pgliteWorker }: StoreAssets,
  { schema = "up to date", telemetry }: OpenOptions = {},
): Promise<OpenedStores> {
  const options = { migrations, schema, calls: telemetry?.database, causes: telemetry?.tracer };
  if (stores.kind === "embedded") {
    await prepareDataFolder(stores.folder, syncFolder);
    const folder = join(stores.folder, "metadata");
    const metadata = await openPglite({ folder, workerUrl: pgliteWorker, ...options });
    return opened(metadata, telemetry, () => openFilesystem({ folder: join(stores.folder, "objects") }));
  }
  const metadata = await openPostgres({ url: stores.databaseUrl, answerMsMax: storeMsMax, ...options });
  return opened(metadata, telemetry, () => openS3(stores.s3, s3LimitsFor(storeMsMax)));
}

/** Whether there may be a store: of servers only they know, of a folder the database that lies in it. */
export const mayExist = ({ stores }: Pick<Config, "stores">): boolean =>
  stores.kind === "real" || holdsStore(stores.folder);

async function opened(
  metadata: MaintainedMetadata,
  telemetry: Watching | undefined,
  openObjects: () => Promise<InventoriedObjects>,
): Promise<OpenedStores> {
  try {
    const found = await openObjects();
    const objects = telemetry ? observed(found, telemetry.objects) : found;
    return { metadata, objects, close: async () => void (await Promise.all([metadata.close(), objects.close()])) };
  } catch (error) {
    await metadata.close();
    throw error;
  }
}
