import postgres from "postgres";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freshDatabase } from "../../test/support/postgres.ts";
import { createPostgresDatabase } from "./postgres-database.ts";
import { NOW } from "./snapshot.ts";

/** Connections of their own, to keep transactions open on. */
type Others = ReturnType<typeof postgres>;

/** What may happen between two looks. Each adds a row that is seen from then on, or changes what is there. */
const CHANGES: readonly [string, (sql: Others) => Promise<() => Promise<unknown>>][] = [
  ["a commit", async (sql) => () => sql`INSERT INTO things VALUES (1)`],
  ["a commit of a transaction that has been writing all the while", async (sql) => endOf(sql, "COMMIT")],
  [
    "a commit of one that others with higher numbers overtook",
    async (sql) => {
      const end = await endOf(sql, "COMMIT");
      await sql`INSERT INTO things VALUES (2)`;
      return end;
    },
  ],
  [
    "a commit of what a subtransaction wrote",
    (sql) => endOf(sql, "COMMIT", ["SAVEPOINT a", "INSERT INTO things VALUES (3)", "RELEASE a"]),
  ],
  ["a lock that becomes a change", async (sql) => () => sql`UPDATE things SET id = id`],
];

/** Begins a transaction that writes, on a connection of its own, and answers how to end it. */
async function endOf(sql: Others, word: string, more: readonly string[] = []): Promise<() => Promise<unknown>> {
  const one = await sql.reserve();
  for (const text of ["BEGIN", "INSERT INTO things VALUES (0)", ...more]) await one.unsafe(text);
  return async () => {
    await one.unsafe(word);
    one.release();
  };
}

describe.runIf(process.env["NSKV_TEST_DATABASE_URL"])("the stamp of what a statement sees", () => {
  const servers = { drop: async () => {}, url: "" };
  let sql: Others;
  let rollBack: () => Promise<unknown>;
  beforeAll(async () => {
    Object.assign(servers, await freshDatabase());
    sql = postgres(servers.url, { onnotice: () => undefined });
    await sql`CREATE TABLE things (id integer)`;
    // One that is open all the while, so that the oldest number under way stays what it is.
    rollBack = await endOf(sql, "ROLLBACK");
  });
  afterAll(async () => {
    await rollBack();
    await sql.end();
    await servers.drop();
  });

  /** One service's connection for look-ups. */
  function looking() {
    const database = createPostgresDatabase(servers.url);
    const stamp = async () => (await database.lookUps?.query(NOW, {}))?.[0]?.[0];
    return { stamp, close: database.close };
  }

  it.each(CHANGES)("tells of %s", async (_, prepare) => {
    const { stamp, close } = looking();
    const change = await prepare(sql);
    const before = await stamp();
    await change();
    const after = await stamp();
    await close();
    expect(before).toMatch(/^[\da-f-]{36} \d+:\d+:/);
    expect(after).not.toBe(before);
  });

  it("of another session is another, though it sees the same", async () => {
    const [one, two] = [looking(), looking()];
    const [first, second] = [await one.stamp(), await two.stamp()];
    await Promise.all([one.close(), two.close()]);
    expect(second).not.toBe(first);
  });
});
