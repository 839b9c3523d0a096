import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Config } from "./config.ts";
import type { InventoriedObjects } from "./domain/inventory.ts";
import type { MaintainedMetadata } from "./metadata/maintained.ts";
import { openPglite } from "./metadata/pglite.ts";
import { openPostgres } from "./metadata/postgres.ts";
import { openFilesystem } from "./objects/filesystem.ts";
import { openS3 } from "./objects/s3.ts";

/** Files beside the program that the rooms load by address. */
export interface Assets {
  readonly migrations: URL;
  readonly pgliteWorker: URL;
}

export interface OpenedStores {
  readonly metadata: MaintainedMetadata;
  readonly objects: InventoriedObjects;
  close(): Promise<void>;
}

/**
 * Opens database and object store. The database first: its lock keeps a second process from the folder of objects as
 * well. Fails with an error for the operator when another process has the folder or a server does not answer.
 */
export async function openStores(
  { stores }: Pick<Config, "stores">,
  { migrations, pgliteWorker }: Assets,
  schema: "up to date" | "as it is" = "up to date",
): Promise<OpenedStores> {
  if (stores.kind === "embedded") {
    const folder = join(stores.folder, "metadata");
    const metadata = await openPglite({ folder, migrations, schema, workerUrl: pgliteWorker });
    return opened(metadata, () => openFilesystem({ folder: join(stores.folder, "objects") }));
  }
  const metadata = await openPostgres({ url: stores.databaseUrl, migrations, schema });
  return opened(metadata, () => openS3(stores.s3));
}

/** Whether there may be a store: of servers only they know, of a folder the database that lies in it. */
export const mayExist = ({ stores }: Pick<Config, "stores">): boolean =>
  stores.kind === "real" || existsSync(join(stores.folder, "metadata", "postgres"));

async function opened(
  metadata: MaintainedMetadata,
  openObjects: () => Promise<InventoriedObjects>,
): Promise<OpenedStores> {
  try {
    const objects = await openObjects();
    return { metadata, objects, close: async () => void (await Promise.all([metadata.close(), objects.close()])) };
  } catch (error) {
    await metadata.close();
    throw error;
  }
}
