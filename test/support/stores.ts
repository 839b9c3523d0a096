import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openDigester } from "../../service/domain/digest.ts";
import type { Stores } from "../../service/domain/writes.ts";
import type { Database } from "../../service/metadata/database.ts";
import { openMetadata } from "../../service/metadata/metadata.ts";
import { migrate } from "../../service/metadata/migrate.ts";
import { openPgliteDatabase } from "../../service/metadata/pglite-database.ts";
import { createPostgresDatabase } from "../../service/metadata/postgres-database.ts";
import { openFilesystem } from "../../service/objects/filesystem.ts";
import { openS3 } from "../../service/objects/s3.ts";
import { migrationsUrl, pgliteWorkerUrl } from "./pglite.ts";
import type { StoragePair } from "./service.ts";

export interface OpenStores {
  readonly stores: Stores;
  readonly database: Database;
  close(): Promise<void>;
}

/** Both stores of a pair in this process, opened as the service does it. Of an embedded pair no service may run. */
export async function openStores({ env, flags }: StoragePair): Promise<OpenStores> {
  const [, folder] = flags;
  const database = folder
    ? await openPgliteDatabase({ folder: join(folder, "metadata"), workerUrl: pgliteWorkerUrl })
    : createPostgresDatabase(named(env, "NSKV_DATABASE_URL"));
  const objects = folder ? await openFilesystem({ folder: join(folder, "objects") }) : await openS3(bucketIn(env));
  await migrate(database, migrationsUrl);
  const metadata = await openMetadata(database);
  const digester = await openDigester(objects, metadata.upkeep, new AbortController().signal);
  return {
    stores: { metadata, objects, digester },
    database,
    close: async () => void (await Promise.all([metadata.close(), objects.close()])),
  };
}

/** The names of all objects of a pair, also while a service runs on it; of an embedded one, with what is unfinished. */
export async function storedBy({ env, flags }: StoragePair): Promise<readonly string[]> {
  const [, folder] = flags;
  if (folder) {
    const found = await readdir(join(folder, "objects"), { recursive: true, withFileTypes: true });
    return found.filter((each) => each.isFile()).map(({ name }) => name);
  }
  const objects = await openS3(bucketIn(env));
  const names: string[] = [];
  for await (const name of objects.list("")) names.push(name);
  await objects.close();
  return names;
}

type Variables = Readonly<Record<string, string>>;

const bucketIn = (env: Variables) => ({
  endpoint: named(env, "NSKV_S3_ENDPOINT"),
  bucket: named(env, "NSKV_S3_BUCKET"),
  accessKey: named(env, "NSKV_S3_ACCESS_KEY"),
  secretKey: named(env, "NSKV_S3_SECRET_KEY"),
  region: named(env, "NSKV_S3_REGION"),
});

function named(env: Variables, name: string): string {
  const value = env[name];
  if (value === undefined) throw new Error(`The pair says nothing of ${name}.`);
  return value;
}
