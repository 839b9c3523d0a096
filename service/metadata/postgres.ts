import { type MaintainedMetadata, openMaintained, type SchemaOptions } from "./maintained.ts";
import { observed } from "./observed.ts";
import { createPostgresDatabase } from "./postgres-database.ts";
import { startFailure } from "./postgres-start.ts";

export interface PostgresOptions extends SchemaOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=require` and the like. */
  readonly url: string;
  /** What one statement may take, in milliseconds. */
  readonly answerMsMax?: number;
}

/** Connects and sees to the schema. Fails with `unavailable` and what to do when the server does not let it. */
export async function openPostgres({ url, answerMsMax, ...schema }: PostgresOptions): Promise<MaintainedMetadata> {
  const database = observed(createPostgresDatabase(url, answerMsMax), schema.calls);
  try {
    return await openMaintained(database, schema);
  } catch (error) {
    await database.close();
    throw startFailure(url, error);
  }
}
