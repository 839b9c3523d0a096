import { spawn } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { migrationsUrl, pgliteWorkerUrl } from "../../test/support/pglite.ts";
import type { Place } from "../domain/entry.ts";
import { OutcomeUnknown } from "../domain/stores.ts";
import { openMetadata } from "./metadata.ts";
import { migrate } from "./migrate.ts";
import { openPglite } from "./pglite.ts";
import { openPgliteDatabase } from "./pglite-database.ts";
import { freshPlace, patch, put, remove } from "./suite-store.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nskv-durable-"));
  await (await open("template")).close();
});
afterAll(() => rm(folder, { recursive: true }));

const open = (name: string) =>
  openPglite({ folder: join(folder, name), migrations: migrationsUrl, workerUrl: pgliteWorkerUrl });

/** A folder with an empty database: to make one takes seconds. */
async function folderOf(name: string): Promise<string> {
  await cp(join(folder, "template"), join(folder, name), { recursive: true });
  return join(folder, name);
}

describe("what the embedded database has acknowledged", () => {
  it("was synced before the answer, once for each statement", async () => {
    const database = await openPgliteDatabase({ folder: await folderOf("synced"), workerUrl: pgliteWorkerUrl });
    await migrate(database, migrationsUrl);
    const metadata = await openMetadata(database);
    const at = freshPlace();
    for (const write of [put(at), patch(at, { description: "d" }), remove(at)]) {
      const before = await database.syncs();
      expect((await metadata.commit(write)).verdict.kind).toBe("written");
      expect(await database.syncs()).toBeGreaterThan(before);
    }
    const before = await database.syncs();
    const places = Array.from({ length: 100 }, () => freshPlace());
    await Promise.all(places.map((place) => metadata.commit(put(place))));
    const batched = (await database.syncs()) - before;
    expect(batched).toBeGreaterThan(0);
    // Those that came together were synced together.
    expect(batched).toBeLessThan(places.length / 2);
    await metadata.close();
  });

  it("survives kill -9, three times in a row in one folder", async () => {
    await folderOf("killed");
    const acknowledged: Place[] = [];
    for (let round = 1; round <= 3; round++) {
      acknowledged.push(...(await writeUntilKilled("killed", 200 * round)));
      const metadata = await open("killed");
      const found = await Promise.all(acknowledged.map((at) => metadata.find(at)));
      expect(found.map((one) => one?.state)).toEqual(acknowledged.map(() => "live"));
      await metadata.close();
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(200 + 400 + 600);
  });

  it("is there again after a disk that refused to sync; what was not synced was not acknowledged", async () => {
    const refuses = join(folder, "refuses");
    const workerUrl = new URL(`data:text/javascript,${encodeURIComponent(faultyDisk(refuses))}`);
    const metadata = await openPglite({ folder: await folderOf("faulty"), migrations: migrationsUrl, workerUrl });
    const at = freshPlace();
    const first = await metadata.commit(put(at));
    await writeFile(refuses, "");
    await expect(metadata.commit(put(at))).rejects.toBeInstanceOf(OutcomeUnknown);
    await rm(refuses);
    const found = await metadata.find(at);
    // Unknown is unknown: it may have reached the disk after all.
    expect([1, 2]).toContain(found?.entry.revision);
    expect(first.verdict).toMatchObject({ entry: { revision: 1 } });
    expect((await metadata.commit(put(at))).verdict.kind).toBe("written");
    await metadata.close();
  });
});

describe("the folder of the embedded database", () => {
  it("opens for one process only; the error names folder, process and remedy", async () => {
    const path = await folderOf("shared");
    const metadata = await open("shared");
    await expect(open("shared")).rejects.toThrow(
      new RegExp(
        `The data folder ${path} is in use by process ${process.pid} since .*Stop it \\(kill ${process.pid}\\)`,
      ),
    );
    await metadata.close();
    await (await open("shared")).close();
  });

  it("is made whole when the first start was cut off half-way", async () => {
    await mkdir(join(folder, "half", "postgres.new"), { recursive: true });
    await writeFile(join(folder, "half", "postgres.new", "PG_VERSION"), "18\n");
    const metadata = await open("half");
    await metadata.ready();
    await metadata.close();
  });
});

/** Acknowledged writes, of at least `count`, of a process that ended by kill -9. */
async function writeUntilKilled(name: string, count: number): Promise<Place[]> {
  const program = fileURLToPath(new URL("pglite-crash.child.ts", import.meta.url));
  const args = ["--import", "tsx", program, join(folder, name)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  const acknowledged: Place[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    acknowledged.push(JSON.parse(line) as Place);
    if (acknowledged.length === count) child.kill("SIGKILL");
  }
  return acknowledged;
}

/** The worker on a disk whose syncs fail while the file `refuses` is there. */
const faultyDisk = (refuses: string): string => `
  import fs from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  const sync = fs.fdatasyncSync;
  fs.fdatasyncSync = (file) => {
    if (fs.existsSync(${JSON.stringify(refuses)})) throw Object.assign(new Error("EIO: i/o error"), { code: "EIO" });
    sync(file);
  };
  syncBuiltinESMExports();
  await import(${JSON.stringify(pgliteWorkerUrl.href)});`;
