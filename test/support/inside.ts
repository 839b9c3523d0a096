import { join } from "node:path";
import { loadStoresConfig } from "../../service/config.ts";
import { readDigesters } from "../../service/domain/digest.ts";
import type { Patient } from "../../service/domain/doctor.ts";
import type { InventoriedObjects } from "../../service/domain/inventory.ts";
import type { Database } from "../../service/metadata/database.ts";
import { type MaintainedMetadata, openMaintained } from "../../service/metadata/maintained.ts";
import { openPgliteDatabase } from "../../service/metadata/pglite-database.ts";
import { createPostgresDatabase } from "../../service/metadata/postgres-database.ts";
import { openFilesystem } from "../../service/objects/filesystem.ts";
import { openS3 } from "../../service/objects/s3.ts";
import { migrationsUrl, pgliteWorkerUrl } from "./pglite.ts";
import type { StoragePair } from "./service.ts";

/** Both stores of a pair, below the program: to look, and to do damage. No service may have the embedded one. */
export interface Inside {
  readonly database: Database;
  readonly metadata: MaintainedMetadata;
  readonly objects: InventoriedObjects;
  patient(): Promise<Patient>;
  close(): Promise<void>;
}

export async function openInside({ env, flags }: Pick<StoragePair, "env" | "flags">): Promise<Inside> {
  const { stores } = loadStoresConfig(env, { data: flags[flags.indexOf("--data") + 1] });
  const embedded = stores.kind === "embedded";
  const database = embedded
    ? await openPgliteDatabase({ folder: join(stores.folder, "metadata"), workerUrl: pgliteWorkerUrl })
    : createPostgresDatabase(stores.databaseUrl);
  const metadata = await openMaintained(database, { migrations: migrationsUrl });
  const objects = embedded ? await openFilesystem({ folder: join(stores.folder, "objects") }) : await openS3(stores.s3);
  return {
    database,
    metadata,
    objects,
    async patient() {
      const digesters = await readDigesters(objects, new AbortController().signal);
      const [digester] = digesters.values();
      if (!digester) throw new Error("The store has no key for digests.");
      return { stores: { metadata, objects, digester }, inspection: metadata.inspection, digesters };
    },
    close: async () => void (await Promise.all([metadata.close(), objects.close()])),
  };
}

/** Looks inside for a moment. */
export async function withInside<T>(
  pair: Pick<StoragePair, "env" | "flags">,
  work: (inside: Inside) => Promise<T>,
): Promise<T> {
  const inside = await openInside(pair);
  return work(inside).finally(() => inside.close());
}
