import { type FrailMinio, freshBucket, startFrailMinio } from "./minio.ts";
import { type FrailPostgres, startFrailPostgres } from "./postgres.ts";
import { pairOn, type StoragePair } from "./service.ts";

/** A storage pair on servers of its own, which can be stopped, started and halted without harm to anybody else. */
export interface FrailPair extends StoragePair {
  readonly postgres: FrailPostgres;
  readonly minio: FrailMinio;
}

/** Undefined, with the reason printed, when the machine has no PostgreSQL or no MinIO. */
export async function openFrailPair(): Promise<FrailPair | undefined> {
  const [postgres, minio] = await Promise.all([startFrailPostgres(), startFrailMinio()]);
  const drop = async () => void (await Promise.all([postgres?.stop(), minio?.stop()]));
  const bucket = postgres && (await freshBucket(minio));
  if (postgres && minio && bucket) return { ...pairOn(postgres.url, bucket, drop), postgres, minio };
  await drop();
  return undefined;
}
