import { afterAll, beforeAll, describe } from "vitest";
import { migrationsUrl } from "../../test/support/pglite.ts";
import { freshDatabase } from "../../test/support/postgres.ts";
import { describeChanges } from "./changes.suite.ts";
import { describeFinds } from "./finds.suite.ts";
import { describeLifetime } from "./lifetime.suite.ts";
import { describeList } from "./list.suite.ts";
import { describeListsAcross } from "./lists-across.suite.ts";
import { describeNamespaces } from "./namespaces.suite.ts";
import { openPostgres } from "./postgres.ts";
import { createPostgresDatabase } from "./postgres-database.ts";
import { describeScan } from "./scan.suite.ts";
import { describeSizes } from "./sizes.suite.ts";
import { describeStorms } from "./storm.suite.ts";
import type { SuiteStore } from "./suite-store.ts";
import { describeTogether } from "./together.suite.ts";
import { describeUpkeep } from "./upkeep.suite.ts";
import { describeVerdicts } from "./verdicts.suite.ts";
import { describeWebhooks } from "./webhooks.suite.ts";

async function open(): Promise<SuiteStore> {
  const { url, drop } = await freshDatabase();
  const [metadata, second] = await Promise.all([
    openPostgres({ url, migrations: migrationsUrl }),
    openPostgres({ url, migrations: migrationsUrl }),
  ]);
  const database = createPostgresDatabase(url);
  const close = async () => {
    await Promise.all([metadata.close(), second.close(), database.close()]);
    await drop();
  };
  return { metadata, second, database, close };
}

describe.runIf(process.env["NSKV_TEST_DATABASE_URL"])("metadata in Postgres", () => {
  let store: SuiteStore;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());
  // First: what the others leave makes tables too large to be counted exactly.
  describeSizes("Postgres", () => store);
  describeVerdicts("Postgres", () => store);
  describeFinds("Postgres", () => store);
  describeLifetime("Postgres", () => store);
  describeList("Postgres", () => store);
  describeListsAcross("Postgres", () => store);
  describeNamespaces("Postgres", () => store);
  describeScan("Postgres", () => store);
  describeStorms("Postgres", () => store);
  describeUpkeep("Postgres", () => store);
  describeTogether("Postgres", () => store);
  describeWebhooks("Postgres", () => store);
  describeChanges("Postgres", () => store);
});
