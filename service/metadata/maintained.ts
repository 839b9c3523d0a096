import type { Copying } from "../domain/copy-store.ts";
import type { Inspection } from "../domain/inspection-store.ts";
import { createCopying } from "./copying.ts";
import type { Database } from "./database.ts";
import { createInspection } from "./inspection.ts";
import { type OpenMetadata, openMetadata } from "./metadata.ts";
import { migrate } from "./migrate.ts";
import type { Observers } from "./observed.ts";

/** What the service uses, and what those need who look after it. */
export interface MaintainedMetadata extends OpenMetadata {
  readonly copying: Copying;
  readonly inspection: Inspection;
}

export interface SchemaOptions extends Observers {
  /** The folder with the migrations that drizzle-kit wrote. */
  readonly migrations: URL;
  /** `as it is` leaves the schema alone: whoever only looks must not change it under a service of another version. */
  readonly schema?: "up to date" | "as it is";
}

export async function openMaintained(
  database: Database,
  { migrations, schema, causes }: SchemaOptions,
): Promise<MaintainedMetadata> {
  if (schema !== "as it is") await migrate(database, migrations);
  const metadata = await openMetadata(database, causes);
  return { ...metadata, copying: createCopying(database, migrations), inspection: createInspection(database) };
}
