import { type OpenMetadata, openMetadata } from "./metadata.ts";
import { migrate } from "./migrate.ts";
import { type Observers, observed } from "./observed.ts";
import { createPostgresDatabase } from "./postgres-database.ts";
import { startFailure } from "./postgres-start.ts";

export interface PostgresOptions extends Observers {
  /** `postgres://user:password@host:port/database`, with `?sslmode=require` and the like. */
  readonly url: string;
  /** The folder with the migrations that drizzle-kit wrote. */
  readonly migrations: URL;
  /** What one statement may take, in milliseconds. */
  readonly answerMsMax?: number;
}

/** Connects and brings the schema up to date. Fails with `unavailable` and what to do when the server does not let it. */
export async function openPostgres(options: PostgresOptions): Promise<OpenMetadata> {
  const { url, migrations, answerMsMax, calls, causes } = options;
  const database = observed(createPostgresDatabase(url, answerMsMax), calls);
  try {
    await migrate(database, migrations);
    return await openMetadata(database, causes);
  } catch (error) {
    await database.close();
    throw startFailure(url, error);
  }
}
