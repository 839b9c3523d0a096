import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDigester } from "../../service/domain/digest.ts";
import type { Place } from "../../service/domain/entry.ts";
import { Failure } from "../../service/domain/fault.ts";
import { restore } from "../../service/domain/history.ts";
import type { Key } from "../../service/domain/key.ts";
import type { NamespaceName, Tenant } from "../../service/domain/namespace.ts";
import { newObjectName, type ObjectName } from "../../service/domain/object.ts";
import { purge } from "../../service/domain/purge.ts";
import { readEntry } from "../../service/domain/reads.ts";
import type { Objects } from "../../service/domain/stores.ts";
import { SWEEP_RULES, type SweepRules, sweep } from "../../service/domain/sweep.ts";
import { NOTHING_SAID, put, remove, type Stores } from "../../service/domain/writes.ts";
import type { Database } from "../../service/metadata/database.ts";
import { openMetadata } from "../../service/metadata/metadata.ts";
import { migrate } from "../../service/metadata/migrate.ts";
import { openPgliteDatabase } from "../../service/metadata/pglite-database.ts";
import { createPostgresDatabase } from "../../service/metadata/postgres-database.ts";
import { look } from "../../service/metadata/suite-store.ts";
import { expectCounted } from "../../service/metadata/upkeep.suite.ts";
import { openFilesystem } from "../../service/objects/filesystem.ts";
import { openS3 } from "../../service/objects/s3.ts";
import { freshBucket } from "../support/minio.ts";
import { migrationsUrl, pgliteWorkerUrl } from "../support/pglite.ts";
import { freshDatabase } from "../support/postgres.ts";

interface Opened {
  readonly stores: Stores;
  readonly database: Database;
  close(): Promise<void>;
}

const never = new AbortController().signal;

async function open(database: Database, objects: Objects, drop: () => Promise<void>): Promise<Opened> {
  await migrate(database, migrationsUrl);
  const metadata = await openMetadata(database);
  const digester = await openDigester(objects, metadata.upkeep, never);
  const close = async () => {
    await Promise.all([metadata.close(), objects.close()]);
    await drop();
  };
  return { stores: { metadata, objects, digester }, database, close };
}

async function openEmbedded(): Promise<Opened> {
  const folder = await mkdtemp(join(tmpdir(), "nskv-sweep-"));
  const database = await openPgliteDatabase({ folder: join(folder, "metadata"), workerUrl: pgliteWorkerUrl });
  const objects = await openFilesystem({ folder: join(folder, "objects") });
  return open(database, objects, () => rm(folder, { recursive: true }));
}

async function openReal(): Promise<Opened> {
  const [{ url, drop }, bucket] = await Promise.all([freshDatabase(), freshBucket()]);
  if (!bucket) throw new Error("There is no object store to test against.");
  return open(createPostgresDatabase(url), await openS3(bucket), drop);
}

const PAIRS = [
  { pair: "embedded", isThere: true, openPair: openEmbedded },
  {
    pair: "Postgres and MinIO",
    isThere: Boolean(process.env["NSKV_TEST_DATABASE_URL"] && process.env["NSKV_TEST_S3_ENDPOINT"]),
    openPair: openReal,
  },
];

let namespaces = 0;
const freshNamespace = () => `sweep.n${++namespaces}` as NamespaceName;
const placeIn = (namespace: NamespaceName, key: string): Place => ({
  tenant: "main" as Tenant,
  namespace,
  key: key as Key,
});

const author = { by: "tester", door: "http", idempotencyKey: undefined } as const;
const always = { kind: "always" } as const;

/** Everything goes at once: what the promised numbers are is not what these tests are about. */
const AT_ONCE: SweepRules = { ...SWEEP_RULES, expiredMs: 0, tombstoneMs: 0, deadMs: 0, slowMs: 0, pageSize: 3 };

function write(stores: Stores, at: Place, text: string, ttl?: string) {
  const lifetime = ttl ? ({ kind: "for", ttl } as const) : ({ kind: "default" } as const);
  const bytes = Buffer.from(text);
  const body = { bytes, size: bytes.length, reading: { type: undefined, unescapedQuotes: false } };
  return put(stores, { at, only: always, said: { ...NOTHING_SAID, lifetime }, author }, body, never);
}

async function namesIn({ objects }: Stores, prefix: string): Promise<string[]> {
  const names: string[] = [];
  for await (const name of objects.list(prefix)) names.push(name);
  return names;
}

describe.each(PAIRS)("the sweep, $pair", ({ isThere, openPair }) => {
  describe.runIf(isThere)("on a store of its own", () => {
    let opened: Opened;
    beforeAll(async () => {
      opened = await openPair();
    });
    afterAll(() => opened.close());

    it("removes what nobody reads and nobody names, and nothing else", async () => {
      const { stores } = opened;
      const namespace = freshNamespace();
      const at = (key: string) => placeIn(namespace, key);
      const { entry } = await write(stores, at("lives"), "1");
      for (const key of ["e1", "e2", "e3", "e4"]) await write(stores, at(key), "2", "PT0.000001S");
      await write(stores, at("deleted"), "3");
      await remove(stores, at("deleted"), always, author);
      const old = newObjectName(at("orphan")).replace(
        /[^/]+$/,
        `${uuidv7({ msecs: Date.now() - 25 * 3_600_000 })}.json`,
      );
      const young = newObjectName(at("orphan"));
      for (const name of [old, young]) await stores.objects.put(name as ObjectName, Buffer.from("1"), 1, never);
      expect(await sweep(stores, { ...AT_ONCE, expiredMs: 3_600_000, tombstoneMs: 3_600_000 }, never)).toEqual({
        expired: 0,
        forgotten: 0,
        revisions: 0,
        changes: 0,
        objects: 0,
        orphans: 1,
      });
      // The expired become tombstones; these go with their history, and then nothing names their objects.
      expect(await sweep(stores, { ...AT_ONCE, tombstoneMs: 3_600_000 }, never)).toMatchObject({
        expired: 4,
        forgotten: 0,
      });
      expect(await stores.metadata.find(at("e1"))).toMatchObject({ state: "gone", how: "expire" });
      expect(await sweep(stores, AT_ONCE, never)).toEqual({
        expired: 0,
        forgotten: 5,
        revisions: 10,
        changes: 0,
        objects: 5,
        orphans: 0,
      });
      expect(await namesIn(stores, `main/${namespace}/`)).toEqual([entry.slice.object, young].sort());
      expect(await namesIn(stores, "_nskv/")).toHaveLength(1);
      expect(await look(opened, `SELECT name FROM objects WHERE name LIKE 'main/${namespace}/%'`)).toEqual([
        [entry.slice.object],
      ]);
      expect((await readEntry(stores, at("lives"), false, never)).entry).toEqual(entry);
    });

    it("sweeps once when two would, and walks over everything only now and then", async () => {
      const { stores } = opened;
      await stores.metadata.upkeep.take("sweep", uuidv7(), 60_000);
      expect(await sweep(stores, AT_ONCE, never)).toBeUndefined();
      await look(opened, "DELETE FROM leases RETURNING 1");
      const old = newObjectName(placeIn(freshNamespace(), "k")).replace(/[^/]+$/, `${uuidv7({ msecs: 1 })}.json`);
      const orphan = () => stores.objects.put(old as ObjectName, Buffer.from("1"), 1, never);
      await orphan();
      expect(await sweep(stores, { ...AT_ONCE, slowMs: 3_600_000 }, never)).toMatchObject({ orphans: 1 });
      await orphan();
      expect(await sweep(stores, { ...AT_ONCE, slowMs: 3_600_000 }, never)).toMatchObject({ orphans: 0 });
      await look(opened, "DELETE FROM leases RETURNING 1");
      expect(await sweep(stores, AT_ONCE, never)).toMatchObject({ orphans: 1 });
    });

    it("does the rest after the object store failed in the middle", async () => {
      const { stores } = opened;
      const namespace = freshNamespace();
      for (const key of ["a", "b", "c", "d"]) {
        await write(stores, placeIn(namespace, key), "1");
        await remove(stores, placeIn(namespace, key), always, author);
      }
      let deletes = 0;
      const broken: Objects = {
        put: (...given) => stores.objects.put(...given),
        read: (...given) => stores.objects.read(...given),
        stream: (...given) => stores.objects.stream(...given),
        lend: (...given) => stores.objects.lend(...given),
        list: (...given) => stores.objects.list(...given),
        uriOf: (name) => stores.objects.uriOf(name),
        ready: () => stores.objects.ready(),
        close: () => stores.objects.close(),
        delete: async (name) => {
          if (++deletes > 1) throw new Failure({ kind: "unavailable", reason: "broken on purpose" });
          await stores.objects.delete(name);
        },
      };
      await expect(sweep({ ...stores, objects: broken }, AT_ONCE, never)).rejects.toThrow("broken on purpose");
      expect(await sweep(stores, AT_ONCE, never)).toMatchObject({ objects: 4 });
      expect(await namesIn(stores, `main/${namespace}/`)).toEqual([]);
    });

    it("writers, restores, purges and sweeps at once lose nothing and leave nothing", async () => {
      const { stores, database } = opened;
      const namespace = freshNamespace();
      const keys = ["a", "b", "c"].map((key) => placeIn(namespace, key));
      let done = false;
      const tolerated = async (work: () => Promise<unknown>) => {
        try {
          await work();
        } catch (error) {
          // A restore may come too late, a reader find nothing; all else is a defect.
          if (!(error instanceof Failure && ["not_found", "expired"].includes(error.fault.kind))) throw error;
        }
      };
      const writer = async (index: number) => {
        for (let round = 0; round < 40; round++) {
          const at = keys[(index + round) % keys.length] ?? placeIn(namespace, "a");
          const found = await stores.metadata.history.revisions({ at, before: undefined, limit: 5 });
          const old = found.at(-1)?.revision;
          if (round % 4 === 1 && old) await tolerated(() => restore(stores, { at, only: always, author }, old));
          else if (round % 4 === 2) await tolerated(() => remove(stores, at, always, author));
          else await write(stores, at, `${round}`, round % 8 === 3 ? "PT0.01S" : undefined);
          await tolerated(() => readEntry(stores, at, true, never));
        }
      };
      const query = {
        ...keys[0],
        tenant: "main" as Tenant,
        namespace,
        expiredOnly: false,
        by: "tester",
        door: "http",
      } as const;
      const purger = async () => {
        while (!done) {
          for await (const _ of purge(
            stores,
            { ...query, createdBefore: undefined, updatedBefore: undefined, prefix: "c", dryRun: false },
            never,
          ));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
      };
      const sweeper = async () => {
        while (!done) await sweep(stores, AT_ONCE, never);
      };
      const others = Promise.all([purger(), sweeper(), sweeper()]);
      await Promise.all([0, 1, 2, 3, 4, 5].map(writer)).finally(() => {
        done = true;
      });
      await others;
      await expectCounted(
        { metadata: stores.metadata, second: stores.metadata, database, close: opened.close },
        placeIn(namespace, ""),
      );
      const rows = await look(
        opened,
        `SELECT object FROM revisions WHERE namespace = '${namespace}' AND object IS NOT NULL`,
      );
      const named = new Set(rows.map(([name]) => name));
      const stored = new Set(await namesIn(stores, `main/${namespace}/`));
      expect([...named].filter((name) => !stored.has(`${name}`))).toEqual([]);
      await sweep(stores, { ...AT_ONCE, tombstoneMs: 3_600_000, expiredMs: 3_600_000 }, never);
      expect(new Set(await namesIn(stores, `main/${namespace}/`))).toEqual(named);
      expect(await look(opened, `SELECT count(*) FROM objects WHERE name LIKE 'main/${namespace}/%'`)).toEqual([
        [`${named.size}`],
      ]);
    }, 120_000);
  });
});
