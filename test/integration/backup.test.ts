import { appendFile, cp, mkdtemp, readdir, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDigester } from "../../service/domain/digest.ts";
import type { Place } from "../../service/domain/entry.ts";
import { newObjectName } from "../../service/domain/object.ts";
import { look } from "../../service/metadata/suite-store.ts";
import { type Ran, runCommand, startCommand } from "../support/command.ts";
import { withInside } from "../support/inside.ts";
import { type Kv, kvAt } from "../support/kv.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";

const NAMESPACE = "backup.test";
const never = new AbortController().signal;
const KEYS = 60;

/** Everything that a reader can see of the keys that no writer touches: values, metadata and history. */
async function seen(kv: Kv, keys: readonly string[]): Promise<unknown[]> {
  const facts: unknown[] = [];
  for (const key of keys) {
    const at = `/namespaces/${NAMESPACE}/kv:entry?key=${encodeURIComponent(key)}`;
    const answer = await kv.send("GET", `${at}&raw=true`);
    const raw = answer.status === 200 ? await answer.arrayBuffer() : new ArrayBuffer(0);
    const entry = withoutUris(await (await kv.send("GET", at)).json<unknown>());
    const revisions = `/namespaces/${NAMESPACE}/kv:revisions?key=${encodeURIComponent(key)}`;
    const history = await (await kv.send("GET", revisions)).json<unknown>();
    facts.push({ raw: Buffer.from(raw).toString("base64"), entry, history: withoutUris(history) });
  }
  return facts;
}

const withoutUris = (json: unknown): unknown =>
  JSON.parse(
    JSON.stringify(json, (name, value: unknown) =>
      ["uri", "requestId", "instance"].includes(name) ? undefined : value,
    ),
  );

const QUIET = ["q0", "q1", "a/b c", "é", "large", "packed", "deleted"] as const;

async function fill(kv: Kv): Promise<void> {
  const put = (key: string, body: string, query = "") =>
    kv.send("PUT", `/namespaces/${NAMESPACE}/kv:entry?key=${encodeURIComponent(key)}${query}`, { body });
  await put("q0", "1");
  await put("q0", "2");
  await put("q1", '{"a": 1.00}', "&ttl=P1D&description=why");
  await put("a/b c", "text");
  await put("é", "0.10");
  await put("large", JSON.stringify("x".repeat(3_000_000)));
  await put("deleted", "3");
  await kv.delete("deleted");
  const operations = Array.from({ length: 20 }, (_, n) => ({ op: "put", key: `p${n}`, value: n }));
  const batch = { operations: [...operations, { op: "put", key: "packed", value: "small" }] };
  const answer = await kv.send("POST", `/namespaces/${NAMESPACE}/kv:batch`, {
    body: JSON.stringify(batch),
    headers: { "Content-Type": "application/json" },
  });
  expect(answer.status).toBe(200);
}

interface Made {
  readonly storage: StoragePair;
  readonly folder: string;
  readonly before: unknown[];
}

const folders: string[] = [];
const services: RunningService[] = [];
const storages: StoragePair[] = [];

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "nskv-backup-"));
  folders.push(folder);
  return join(folder, "backup");
}

async function freshStorage(pair: string): Promise<StoragePair> {
  const storage = await PAIRS.find((one) => one.pair === pair)?.open();
  if (!storage) throw new Error(`no pair ${pair}`);
  storages.push(storage);
  // The template of the embedded pair has been opened already; a restore makes its own.
  const at = storage.flags.indexOf("--data");
  return at < 0 ? storage : { ...storage, flags: ["--data", `${storage.flags[at + 1]}-new`] };
}

/** Writers that go on while the backup runs, where it may. */
function writersOn(kv: Kv): () => Promise<void> {
  let stopped = false;
  const writers = Array.from({ length: 4 }, async (_, name) => {
    for (let n = 0; !stopped; n++) {
      await kv.put(`w${name}-${n % (KEYS / 4)}`, `${n}`);
      if (n % 7 === 3) await kv.delete(`w${name}-${n % 5}`);
      if (n % 40 === 9)
        await kv.send("POST", `/namespaces/${NAMESPACE}/kv:purge`, {
          body: JSON.stringify({ expiredOnly: false, prefix: `w${name}-1` }),
          headers: { "Content-Type": "application/json" },
        });
    }
  });
  return async () => {
    stopped = true;
    await Promise.all(writers);
  };
}

const json = ({ stdout }: Ran) =>
  JSON.parse(stdout) as { objects: { count: number }; copied: { objects: number }; pruned: number };

describe.each(PAIRS)("backup of $pair", ({ pair, skip }) => {
  describe.skipIf(skip)("made while its service writes, where that is possible", () => {
    let made: Made;
    let service: RunningService | undefined;

    beforeAll(async () => {
      const storage = await freshStorage(pair);
      service = await startService(storage);
      services.push(service);
      const kv = kvAt(service.address, NAMESPACE);
      await fill(kv);
      const before = await seen(kv, QUIET);
      const folder = await freshFolder();
      const stopWriters = writersOn(kv);
      await new Promise((resolve) => setTimeout(resolve, 500));
      if (pair === "embedded") {
        const refused = await runCommand(storage, "backup", "--to", folder);
        expect(refused.code).toBe(1);
        expect(refused.stderr).toMatch(/in use by process \d+ .*Stop it/s);
        await stopWriters();
        await service.stop();
        service = undefined;
      }
      const ran = await runCommand(storage, "backup", "--to", folder);
      expect(ran.stderr).toMatch(/rows of entries/);
      expect(ran).toMatchObject({ code: 0 });
      if (service) await stopWriters();
      made = { storage, folder, before };
    });
    afterAll(async () => {
      await Promise.all(services.splice(0).map((one) => one.stop()));
      await Promise.all(storages.splice(0).map((storage) => storage.drop()));
      await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
    });

    it.each(PAIRS.filter((one) => !one.skip).map((one) => one.pair))(
      "is restored into %s, whole",
      async (into) => {
        const target = await freshStorage(into);
        const ran = await runCommand(target, "restore", "--from", made.folder);
        expect(ran).toMatchObject({ code: 0 });
        expect(ran.stdout).toMatch(/^Restored \d+ keys as of \S+Z, \d+ objects/);
        const restored = await startService(target);
        services.push(restored);
        const kv = kvAt(restored.address, NAMESPACE);
        expect(await seen(kv, QUIET)).toEqual(made.before);
        for (const { key } of await (await kv.send("GET", `/namespaces/${NAMESPACE}/kv?limit=1000`)).json<
          { key: string }[]
        >())
          expect((await kv.get(key)).status).toBe(200);
        const put = await kv.put("q0", "4");
        expect((await put.json()).revision).toBe(3);
        expect((await (await kv.get("q0")).json()).value).toBe(4);
        expect((await kv.send("POST", `/namespaces/${NAMESPACE}/kv/deleted/revisions/1/restore`)).status).toBe(200);
        await restored.stop();
        const doctor = await runCommand(target, "doctor", "--deep", "--json");
        expect(JSON.parse(doctor.stdout)).toMatchObject({ healthy: true, findings: [], notes: { digestsUnknown: 0 } });
        const again = await runCommand(target, "restore", "--from", made.folder);
        expect(again.code).toBe(1);
        expect(again.stderr).toMatch(/is not empty .*Restore into a new database/);
      },
      180_000,
    );

    it("copies only what is new the next time, and prunes on request", async () => {
      const first = json(await runCommand(made.storage, "backup", "--to", made.folder, "--json"));
      const again = json(await runCommand(made.storage, "backup", "--to", made.folder, "--json"));
      expect(again).toMatchObject({ copied: { objects: 1 }, pruned: 0 }); // the digest's key, always
      expect(again.objects.count).toBe(first.objects.count);
      await writeFile(join(made.folder, "objects", "stray.json"), "1");
      expect(
        json(await runCommand(made.storage, "backup", "--to", made.folder, "--json", "--prune")).pruned,
      ).toBeGreaterThan(0);
      expect(await readdir(join(made.folder, "rows"))).toHaveLength(1);
      const whole = await runCommand(made.storage, "restore", "--check", "--from", made.folder);
      expect(whole.stderr).not.toMatch(/Warning/);
      expect(whole).toMatchObject({ code: 0, stdout: expect.stringMatching(/^The backup is whole: \d+ keys/) });
    });

    it("is refused when it was killed, and finished by the next", async () => {
      const folder = await freshFolder();
      const running = startCommand(made.storage, "backup", "--to", folder);
      await expect.poll(() => running.stderr(), { timeout: 30_000, interval: 1 }).toMatch(/rows of/);
      running.kill();
      await running.ended;
      const files = await readdir(folder);
      if (files.includes("manifest.json")) throw new Error("The backup was faster than its end.");
      const target = await freshStorage("embedded");
      const refused = await runCommand(target, "restore", "--from", folder);
      expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/no finished backup/) });
      // The lease of a backup that was killed ends by itself after half a minute.
      await withInside(made.storage, (inside) => look(inside, "DELETE FROM leases WHERE name = 'backup' RETURNING 1"));
      const finished = await runCommand(made.storage, "backup", "--to", folder);
      expect(finished).toMatchObject({ code: 0 });
      expect(await runCommand(target, "restore", "--from", folder)).toMatchObject({ code: 0 });
    }, 180_000);

    it("is refused when a file of it was damaged, and a restore that met damage can be finished", async () => {
      const folder = await freshFolder();
      await cp(made.folder, folder, { recursive: true });
      const target = await freshStorage("embedded");
      const objects = (await readdir(join(folder, "objects", "main"), { recursive: true })).filter((name) =>
        /large.*json$/.test(name),
      );
      const damage = [
        { file: join("objects", "main", `${objects[0]}`), flip: true, says: /does not fit its checksum/ },
        { file: join("objects", "main", `${objects[0]}`), flip: false, says: /bytes instead of/ },
        {
          file: join("rows", `${(await readdir(join(folder, "rows")))[0]}`, "entries.ndjson"),
          flip: true,
          says: /entries.ndjson .* damaged/,
        },
        { file: "manifest.json", flip: false, says: /manifest.json .* damaged/ },
      ];
      for (const { file, flip, says } of damage) {
        const whole = await readFile(join(folder, file));
        if (flip) {
          const bytes = Buffer.from(whole);
          bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1;
          await writeFile(join(folder, file), bytes);
        } else await appendFile(join(folder, file), " {");
        for (const words of [["--check"], []]) {
          const ran = await runCommand(target, "restore", "--from", folder, ...words);
          expect(ran).toMatchObject({ code: 1, stderr: expect.stringMatching(says) });
        }
        await writeFile(join(folder, file), whole);
      }
      expect(await runCommand(target, "restore", "--from", folder)).toMatchObject({ code: 0 });
    }, 180_000);

    it("is not restored beside the values of another store, but beside its empty beginning", async () => {
      const target = await freshStorage(pair);
      const stranger = newObjectName({ tenant: "main", namespace: "a", key: "b" } as unknown as Place);
      await withInside(target, async ({ objects, metadata }) => {
        await objects.put(stranger, Buffer.from("1"), 1, never);
        await openDigester(objects, metadata.upkeep, never);
      });
      const refused = await runCommand(target, "restore", "--from", made.folder);
      expect(refused).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/values that are not of this backup, 1 of them/),
      });
      await withInside(target, ({ objects }) => objects.delete(stranger));
      expect(await runCommand(target, "restore", "--from", made.folder)).toMatchObject({ code: 0 });
      await withInside(target, async ({ objects }) => {
        const keys: string[] = [];
        for await (const name of objects.list("_nskv/")) keys.push(name);
        expect(keys).toHaveLength(1);
        expect(await readdir(join(made.folder, "objects", "_nskv", "digest-keys"))).toEqual([basename(`${keys[0]}`)]);
      });
    }, 180_000);

    it("says what is wrong with how it was called", async () => {
      const { storage, folder } = made;
      expect(await runCommand(storage, "backup")).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/--to FOLDER/),
      });
      expect(await runCommand(storage, "restore")).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/--from FOLDER/),
      });
      expect(await runCommand(storage, "backup", "--prone")).toMatchObject({ code: 2 });
      const other = await freshFolder();
      expect(await runCommand(storage, "restore", "--from", other)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/There is no backup/),
      });
      const foreign = join(folder, "notes.txt");
      await writeFile(foreign, "mine");
      expect(await runCommand(storage, "backup", "--to", folder)).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/notes.txt/),
      });
      await unlink(foreign);
      const nowhere = { env: {}, flags: ["--data", other] };
      expect(await runCommand(nowhere, "backup", "--to", folder)).toMatchObject({
        code: 2,
        stderr: expect.stringMatching(/There is no store in/),
      });
    });
  });
});
