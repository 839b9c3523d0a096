import { failureOf } from "./database.ts";
import { type MaintainedMetadata, openMaintained, type SchemaOptions } from "./maintained.ts";
import { createPostgresDatabase } from "./postgres-database.ts";

export interface PostgresOptions extends SchemaOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=require` and the like. */
  readonly url: string;
}

/** Connects and sees to the schema. Fails with `unavailable` when the server does not answer. */
export async function openPostgres({ url, ...schema }: PostgresOptions): Promise<MaintainedMetadata> {
  const database = createPostgresDatabase(url);
  try {
    return await openMaintained(database, schema);
  } catch (error) {
    await database.close();
    throw failureOf(error);
  }
}
