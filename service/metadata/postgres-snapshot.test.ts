import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { describe, expect, it } from "vitest";
import { migrationsUrl } from "../../test/support/pglite.ts";
import { freshDatabase } from "../../test/support/postgres.ts";
import { openPostgres } from "./postgres.ts";
import { freshPlace, put } from "./suite-store.ts";

/** The whole table is written anew; a snapshot from before finds nothing in it (PostgreSQL manual, 13.6). */
const REWRITE = "ALTER TABLE entries ADD COLUMN added integer GENERATED ALWAYS AS (1) STORED";

describe.runIf(process.env["NSKV_TEST_DATABASE_URL"])("a snapshot while another version migrates", () => {
  it("has every row: the table is not written anew before it has been read", async () => {
    const { url, drop } = await freshDatabase();
    const metadata = await openPostgres({ url, migrations: migrationsUrl });
    const sql = postgres(url, { max: 1 });
    try {
      await metadata.commit(put(freshPlace()));
      let rewritten = false;
      const read = await metadata.copying.snapshot(async (snapshot) => {
        const rewriting = sql.unsafe(REWRITE).then(() => {
          rewritten = true;
        });
        await sleep(300);
        const table = snapshot.tables.find(({ name }) => name === "entries");
        let count = 0;
        if (table) for await (const page of snapshot.rows(table)) count += page.length;
        return { count, rewriting };
      });
      expect(read.count).toBe(1);
      await read.rewriting;
      expect(rewritten).toBe(true);
    } finally {
      await Promise.all([metadata.close(), sql.end()]);
      await drop();
    }
  }, 60_000);
});
