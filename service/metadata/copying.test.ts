import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { migrationsUrl, pgliteWorkerUrl } from "../../test/support/pglite.ts";
import { freshDatabase } from "../../test/support/postgres.ts";
import { type CopyingStores, describeCopying } from "./copying.suite.ts";
import type { Database } from "./database.ts";
import { openMaintained } from "./maintained.ts";
import { openPgliteDatabase } from "./pglite-database.ts";
import { createPostgresDatabase } from "./postgres-database.ts";

async function stored(
  database: Database,
  other: Database,
  schema: "up to date" | "as it is",
  drop: () => Promise<void>,
) {
  const metadata = await openMaintained(database, { migrations: migrationsUrl, schema });
  const second = other === database ? metadata : await openMaintained(other, { migrations: migrationsUrl, schema });
  const close = async () => {
    await Promise.all([metadata.close(), second.close()]);
    await drop();
  };
  return { metadata, second, database, copying: metadata.copying, inspection: metadata.inspection, close };
}

async function embedded(schema: "up to date" | "as it is") {
  const folder = await mkdtemp(join(tmpdir(), "nskv-copying-"));
  const database = await openPgliteDatabase({ folder: join(folder, "metadata"), workerUrl: pgliteWorkerUrl });
  return stored(database, database, schema, () => rm(folder, { recursive: true }));
}

async function real(schema: "up to date" | "as it is") {
  const { url, drop } = await freshDatabase();
  return stored(createPostgresDatabase(url), createPostgresDatabase(url), schema, drop);
}

const isThere = Boolean(process.env["NSKV_TEST_DATABASE_URL"]);

describe.each([
  { from: "PGlite", to: "Postgres", isThere, openFull: embedded, openEmpty: real },
  { from: "Postgres", to: "PGlite", isThere, openFull: real, openEmpty: embedded },
])("from $from to $to", ({ from, to, isThere, openFull, openEmpty }) => {
  describe.runIf(isThere)("with both servers", () => {
    let stores: CopyingStores & { readonly full: Awaited<ReturnType<typeof stored>> };
    beforeAll(async () => {
      stores = { full: await openFull("up to date"), empty: await openEmpty("as it is") };
    });
    afterAll(() => Promise.all([stores.full.close(), stores.empty.close()]));
    describeCopying(`${from} to ${to}`, () => stores);
  });
});
