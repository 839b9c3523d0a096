import { failureOf } from "./database.ts";
import { type OpenMetadata, openMetadata } from "./metadata.ts";
import { migrate } from "./migrate.ts";
import { type Observers, observed } from "./observed.ts";
import { createPostgresDatabase } from "./postgres-database.ts";

export interface PostgresOptions extends Observers {
  /** `postgres://user:password@host:port/database`, with `?sslmode=require` and the like. */
  readonly url: string;
  /** The folder with the migrations that drizzle-kit wrote. */
  readonly migrations: URL;
}

/** Connects and brings the schema up to date. Fails with `unavailable` when the server does not answer. */
export async function openPostgres({ url, migrations, calls, causes }: PostgresOptions): Promise<OpenMetadata> {
  const database = observed(createPostgresDatabase(url), calls);
  try {
    await migrate(database, migrations);
    return await openMetadata(database, causes);
  } catch (error) {
    await database.close();
    throw failureOf(error);
  }
}
