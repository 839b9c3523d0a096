import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { migrationsUrl } from "../../test/support/pglite.ts";
import { freshDatabase } from "../../test/support/postgres.ts";
import { createBell } from "./bell.ts";
import type { Database } from "./database.ts";
import type { OpenMetadata } from "./metadata.ts";
import { openPostgres } from "./postgres.ts";
import { createPostgresDatabase } from "./postgres-database.ts";
import { freshPlace, look, put } from "./suite-store.ts";

function databaseOf(isShared: boolean) {
  const query = vi.fn(async () => []);
  const listen = vi.fn(() => ({ close: async () => undefined }));
  const database: Database = {
    parallel: 1,
    msMax: 1_000,
    query,
    queryBehind: query,
    script: async () => undefined,
    transaction: () => Promise.reject(new Error("Nobody asks for one.")),
    close: async () => undefined,
    ...(isShared && { listen }),
  };
  return { query, listen, bell: createBell(database) };
}

it("tells who hears at once, and the other processes once for many commits", async () => {
  const { query, listen, bell } = databaseOf(true);
  const wake = vi.fn();
  const stop = bell.hear(wake);
  expect(listen).toHaveBeenCalledOnce();
  for (let commit = 0; commit < 1_000; commit++) bell.ring();
  expect(wake).toHaveBeenCalledTimes(1_000);
  await bell.close();
  expect(query.mock.calls.length).toBeLessThanOrEqual(2);
  expect(query).toHaveBeenCalled();
  stop();
  bell.ring();
  expect(wake).toHaveBeenCalledTimes(1_000);
});

it("tells nobody else where one process has the database, and does not listen before somebody hears", async () => {
  const alone = databaseOf(false);
  alone.bell.hear(vi.fn());
  alone.bell.ring();
  expect(alone.query).not.toHaveBeenCalled();
  const shared = databaseOf(true);
  shared.bell.ring();
  expect(shared.listen).not.toHaveBeenCalled();
  await Promise.all([alone.bell.close(), shared.bell.close()]);
});

describe.runIf(process.env["NSKV_TEST_DATABASE_URL"])("replicas on one Postgres", () => {
  let drop: () => Promise<void>;
  let database: Database;
  let replicas: readonly OpenMetadata[];
  beforeAll(async () => {
    const fresh = await freshDatabase();
    drop = fresh.drop;
    const open = () => openPostgres({ url: fresh.url, migrations: migrationsUrl });
    replicas = [await open(), await open()];
    database = createPostgresDatabase(fresh.url);
  });
  afterAll(async () => {
    await Promise.all([...replicas, database].map((open) => open.close()));
    await drop();
  });

  it("hear of each other's commits, also after the connection that listens was lost", async () => {
    const [here, there] = replicas as readonly [OpenMetadata, OpenMetadata];
    const wake = vi.fn();
    const stop = here.changes.hear(wake);
    // The connection says that it stands by waking once: what was missed until then.
    await expect.poll(() => wake.mock.calls.length, { timeout: 10_000 }).toBeGreaterThan(0);
    for (let round = 0; round < 2; round++) {
      wake.mockClear();
      await there.commit(put(freshPlace()));
      await expect.poll(() => wake.mock.calls.length, { timeout: 10_000 }).toBeGreaterThan(0);
      wake.mockClear();
      const ended = await look(
        { database },
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()`,
      );
      expect(ended).toEqual([["t"]]);
      await expect.poll(() => wake.mock.calls.length, { timeout: 10_000 }).toBeGreaterThan(0);
    }
    stop();
  }, 40_000);
});
