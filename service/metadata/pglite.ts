import { failureOf } from "./database.ts";
import { type OpenMetadata, openMetadata } from "./metadata.ts";
import { migrate } from "./migrate.ts";
import { type Observers, observed } from "./observed.ts";
import { openPgliteDatabase, type PgliteOptions } from "./pglite-database.ts";

/**
 * Opens the embedded database in a folder, which is made when it is not there, and brings the schema up to date.
 * Fails with an error that names the folder and the process when another one has it open.
 */
export async function openPglite(
  options: PgliteOptions & Observers & { readonly migrations: URL },
): Promise<OpenMetadata> {
  const database = observed(await openPgliteDatabase(options), options.calls);
  try {
    await migrate(database, options.migrations);
    return await openMetadata(database, options.causes);
  } catch (error) {
    await database.close();
    throw failureOf(error);
  }
}
