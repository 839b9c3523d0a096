import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrationsUrl, pgliteWorkerUrl } from "../../test/support/pglite.ts";
import { describeChanges } from "./changes.suite.ts";
import { describeFinds } from "./finds.suite.ts";
import { describeLifetime } from "./lifetime.suite.ts";
import { describeList } from "./list.suite.ts";
import { describeListsAcross } from "./lists-across.suite.ts";
import { openMetadata } from "./metadata.ts";
import { migrate } from "./migrate.ts";
import { describeNamespaces } from "./namespaces.suite.ts";
import { openPgliteDatabase } from "./pglite-database.ts";
import { createUpkeep } from "./pglite-upkeep.ts";
import { describeScan } from "./scan.suite.ts";
import { describeSizes } from "./sizes.suite.ts";
import { describeStorms } from "./storm.suite.ts";
import { look, type SuiteStore } from "./suite-store.ts";
import { describeTogether } from "./together.suite.ts";
import { describeUpkeep } from "./upkeep.suite.ts";
import { describeVerdicts } from "./verdicts.suite.ts";
import { describeWebhooks } from "./webhooks.suite.ts";

async function open(): Promise<SuiteStore> {
  const folder = await mkdtemp(join(tmpdir(), "nskv-pglite-"));
  const database = await openPgliteDatabase({ folder: join(folder, "metadata"), workerUrl: pgliteWorkerUrl });
  await migrate(database, migrationsUrl);
  const metadata = await openMetadata(database);
  const close = async () => {
    await metadata.close();
    await rm(folder, { recursive: true });
  };
  return { metadata, second: metadata, database, close };
}

describe("metadata in PGlite", () => {
  let store: SuiteStore;
  beforeAll(async () => {
    store = await open();
  });
  afterAll(() => store.close());
  // First: what the others leave makes tables too large to be counted exactly.
  describeSizes("PGlite", () => store);
  describeVerdicts("PGlite", () => store);
  describeFinds("PGlite", () => store);
  describeLifetime("PGlite", () => store);
  describeList("PGlite", () => store);
  describeListsAcross("PGlite", () => store);
  describeNamespaces("PGlite", () => store);
  describeScan("PGlite", () => store);
  describeStorms("PGlite", () => store);
  describeUpkeep("PGlite", () => store);
  describeTogether("PGlite", () => store);
  describeWebhooks("PGlite", () => store);
  describeChanges("PGlite", () => store);
  it("is cleaned up, analyzed and written out when its log is long", async () => {
    const { database } = store;
    const looked: string[] = [];
    const upkeep = createUpkeep({
      isIdle: () => true,
      query: async (text) => {
        looked.push(text);
        return text.includes("wal") ? [["200000000"]] : look(store, text);
      },
      script: database.script,
    });
    while (looked.length === 0) await upkeep();
    const [row] = await look(
      store,
      `SELECT (SELECT string_agg(DISTINCT tablename, ' ') FROM pg_stats WHERE tablename IN ('entries', 'revisions', 'changes')),
      (SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), checkpoint_lsn) < 65536 FROM pg_control_checkpoint())`,
    );
    expect(row).toEqual(["changes entries revisions", "t"]);
  });
});
