import { type OpenMetadata, openMetadata } from "./metadata.ts";
import { migrate } from "./migrate.ts";
import { createPostgresDatabase } from "./postgres-database.ts";
import { startFailure } from "./postgres-start.ts";

export interface PostgresOptions {
  /** `postgres://user:password@host:port/database`, with `?sslmode=require` and the like. */
  readonly url: string;
  /** The folder with the migrations that drizzle-kit wrote. */
  readonly migrations: URL;
  /** What one statement may take, in milliseconds. */
  readonly answerMsMax?: number;
}

/** Connects and brings the schema up to date. Fails with `unavailable` and what to do when the server does not let it. */
export async function openPostgres({ url, migrations, answerMsMax }: PostgresOptions): Promise<OpenMetadata> {
  const database = createPostgresDatabase(url, answerMsMax);
  try {
    await migrate(database, migrations);
    return await openMetadata(database);
  } catch (error) {
    await database.close();
    throw startFailure(url, error);
  }
}
