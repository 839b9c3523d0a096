import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrationsUrl } from "../../test/support/pglite.ts";
import { freshDatabase } from "../../test/support/postgres.ts";
import { scopeOf } from "./changes.suite.ts";
import type { OpenMetadata } from "./metadata.ts";
import { openPostgres } from "./postgres.ts";
import { freshPlace, put } from "./suite-store.ts";

/** A session of its own, in whose transaction a test decides when what happens. */
interface Session {
  run(text: string): Promise<unknown>;
  end(): Promise<void>;
}

const at = freshPlace();
const log = (key: string) => `INSERT INTO changes (tenant, namespace, key, revision, etag, op, by, door, at)
  VALUES ('${at.tenant}', '${at.namespace}', '${key}', 1, gen_random_uuid(), 'put', 'tester', 'http', now())`;

describe.runIf(process.env["NSKV_TEST_DATABASE_URL"])("changes that become visible late", () => {
  let database: { readonly url: string; readonly drop: () => Promise<void> };
  let metadata: OpenMetadata;
  beforeAll(async () => {
    database = await freshDatabase();
    metadata = await openPostgres({ url: database.url, migrations: migrationsUrl });
  });
  afterAll(async () => {
    await metadata.close();
    await database.drop();
  });

  async function session(): Promise<Session> {
    const sql = postgres(database.url, { max: 1 });
    await sql.unsafe("BEGIN");
    return { run: (text) => sql.unsafe(text), end: () => sql.end() };
  }

  async function keys(after: number): Promise<string[]> {
    const through = await metadata.changes.settled();
    const page = await metadata.changes.changes({ scope: scopeOf(at), after, through, limit: 10 });
    expect(page.upto).toBe(page.changes.at(-1)?.id ?? after);
    return page.changes.map(({ key }) => key);
  }

  // Other databases of the server have transactions too, which are waited for as well.
  const expectKeys = (after: number) => expect.poll(() => keys(after), { timeout: 10_000 });

  it("a lower id that is committed after a higher one is not missed, and what waits for it is told", async () => {
    const after = await metadata.changes.end(at.tenant);
    const [late, early] = await Promise.all([session(), session()]);
    // The late one has the higher xid and the lower id: pg_snapshot_xmax would not be above it.
    await early.run("SELECT pg_current_xact_id()");
    await late.run(log("late"));
    await early.run(log("early"));
    const noted = await metadata.changes.settled();
    await early.run("COMMIT");
    expect(await keys(after)).toEqual([]);
    expect(await metadata.changes.settled()).toBe(noted);
    expect(await metadata.changes.lag()).toMatchObject({ ids: 2, seconds: expect.toSatisfy((s: number) => s > 0) });
    await late.run("COMMIT");
    await expectKeys(after).toEqual(["late", "early"]);
    await expect.poll(() => metadata.changes.lag()).toEqual({ ids: 0, seconds: 0 });
    await Promise.all([late.end(), early.end()]);
  });

  it("a transaction that rolls back leaves a gap that holds nobody up", async () => {
    const after = await metadata.changes.end(at.tenant);
    const undone = await session();
    await undone.run(log("undone"));
    await metadata.commit(put({ ...at, key: "done" as typeof at.key }));
    expect(await keys(after)).toEqual([]);
    await undone.run("ROLLBACK");
    await expectKeys(after).toEqual(["done"]);
    await undone.end();
  });

  it("a transaction that has logged nothing is waited for, one that only reads is not", async () => {
    const after = await metadata.changes.end(at.tenant);
    const [idle, reading] = await Promise.all([session(), session()]);
    await reading.run("SELECT count(*) FROM entries");
    await metadata.commit(put({ ...at, key: "first" as typeof at.key }));
    await expectKeys(after).toEqual(["first"]);
    await idle.run("SELECT pg_current_xact_id()");
    await metadata.commit(put({ ...at, key: "second" as typeof at.key }));
    await expectKeys(after).toEqual(["first"]);
    await idle.run("COMMIT");
    await expectKeys(after).toEqual(["first", "second"]);
    await Promise.all([idle.end(), reading.end()]);
  });
});
