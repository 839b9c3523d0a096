import { failureOf } from "./database.ts";
import { type MaintainedMetadata, openMaintained, type SchemaOptions } from "./maintained.ts";
import { observed } from "./observed.ts";
import { openPgliteDatabase, type PgliteOptions } from "./pglite-database.ts";

/**
 * Opens the embedded database in a folder, which is made when it is not there, and sees to the schema.
 * Fails with an error that names the folder and the process when another one has it open.
 */
export async function openPglite(options: PgliteOptions & SchemaOptions): Promise<MaintainedMetadata> {
  const database = observed(await openPgliteDatabase(options), options.calls);
  try {
    return await openMaintained(database, options);
  } catch (error) {
    await database.close();
    throw failureOf(error);
  }
}
