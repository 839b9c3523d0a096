import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { afterAll, beforeAll, expect, it } from "vitest";
import { migrationsUrl, pgliteWorkerUrl } from "../../test/support/pglite.ts";
import { openMetadata } from "./metadata.ts";
import { levelOf, migrate } from "./migrate.ts";
import { openPgliteDatabase, type PgliteDatabase } from "./pglite-database.ts";
import { statement } from "./statement.ts";
import { freshPlace, put, sibling } from "./suite-store.ts";

let folder: string;
let database: PgliteDatabase;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nskv-in-place-"));
  database = await openPgliteDatabase({ folder: join(folder, "metadata"), workerUrl: pgliteWorkerUrl });
}, 60_000);
afterAll(async () => {
  await database.close();
  await rm(folder, { recursive: true, force: true });
});

const told = async (text: string) => database.query({ ...statement(text, sql.raw(text)), passing: true }, {});
const anew = () => database.script("DROP SCHEMA public CASCADE; CREATE SCHEMA public");

const INDICES = `SELECT indexname FROM pg_indexes WHERE tablename = 'entries' ORDER BY indexname`;
const IN_EMBEDDED = ["entries_by_key", "entries_expiring", "entries_gone_in_place", "entries_tenant_namespace_key_pk"];

it("is so from whatever version the folder comes, with its tombstones", async () => {
  const { known } = await levelOf(database, migrationsUrl);
  for (let count = 1; count <= known.length; count++) {
    await anew();
    await migrate(database, migrationsUrl, known.slice(0, count));
    await database.script(`INSERT INTO namespaces (tenant, name, created_at, created_by, updated_at, updated_by)
      VALUES ('main', 'n', now(), 'me', now(), 'me');
      INSERT INTO entries (tenant, namespace, key, revision, etag, gone, type, size, digest, digest_key, labels, secret,
        created_at, created_by, updated_at, updated_by, door)
      SELECT 'main', 'n', 'k', 1, gen_random_uuid(), 'delete', 'STRING', 1, '', '', '{}', false,
        now(), 'me', now() - interval '1 day', 'me', 'http'`);
    await migrate(database, migrationsUrl);
    await migrate(database, migrationsUrl);
    expect((await told(INDICES)).flat()).toEqual(IN_EMBEDDED);
    const metadata = await openMetadata(database);
    expect((await metadata.upkeep.forget(3_600_000, 10)).keys).toBe(1);
  }
}, 60_000);

it("keys that are put again change their rows in place", async () => {
  await anew();
  await migrate(database, migrationsUrl);
  const metadata = await openMetadata(database);
  const at = freshPlace();
  const places = Array.from({ length: 100 }, (_, index) => sibling(at, `key-${index}`));
  for (let round = 0; round < 21; round++) await Promise.all(places.map((place) => metadata.commit(put(place))));
  await told("SELECT pg_stat_force_next_flush()");
  const [row] = await told("SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'entries'");
  const [changed, inPlace] = (row ?? []).map(Number);
  expect(changed).toBe(2_000);
  expect(inPlace).toBeGreaterThan(1_900);
});
