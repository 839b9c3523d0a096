import postgres from "postgres";
import { expect, it } from "vitest";
import { freshDatabase } from "../../test/support/postgres.ts";
import { createPostgresDatabase } from "./postgres-database.ts";

it.runIf(process.env["NSKV_TEST_DATABASE_URL"])(
  "a limit of the role or the database, as a pooler needs it, breaks off no migration and no backup",
  async () => {
    const { url, drop } = await freshDatabase();
    const sql = postgres(url, { max: 1 });
    const name = new URL(url).pathname.slice(1);
    for (const limit of ["statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"])
      await sql.unsafe(`ALTER DATABASE ${name} SET ${limit} = '50ms'`);
    const database = createPostgresDatabase(url);
    try {
      await database.script("CREATE TABLE waited (at integer); SELECT pg_sleep(0.2)");
      const text = "SELECT current_setting('statement_timeout'), current_setting('lock_timeout')";
      const limits = { name: "limits", text, parameters: [] };
      const [row] = await database.transaction("snapshot", (session) => session.query(limits, {}));
      expect(row).toEqual(["0", "0"]);
    } finally {
      await Promise.all([database.close(), sql.end()]);
      await drop();
    }
  },
);
