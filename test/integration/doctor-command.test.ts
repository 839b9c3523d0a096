import { v7 as uuidv7 } from "uuid";
import { describe, expect, it } from "vitest";
import type { Place } from "../../service/domain/entry.ts";
import { newObjectName, type ObjectName } from "../../service/domain/object.ts";
import { look } from "../../service/metadata/suite-store.ts";
import { runCommand } from "../support/command.ts";
import { type Inside, withInside } from "../support/inside.ts";
import { kvAt } from "../support/kv.ts";
import { PAIRS, type StoragePair, startService } from "../support/service.ts";

const NAMESPACE = "doctor.command";
const never = new AbortController().signal;

async function withStorage(
  open: () => Promise<StoragePair>,
  test: (storage: StoragePair) => Promise<void>,
): Promise<void> {
  const storage = await open();
  await test(storage).finally(() => storage.drop());
}

/** One of each kind that an operator meets; answers the names of the objects that were touched. */
async function damage({ database, objects }: Inside): Promise<{ readonly lost: string; readonly orphan: string }> {
  const nameOf = async (key: string) => {
    const [[name] = []] = await look({ database }, `SELECT object FROM entries WHERE key = '${key}'`);
    return `${name}` as ObjectName;
  };
  const at = { tenant: "main", namespace: NAMESPACE, key: "orphan" } as unknown as Place;
  const uuid = uuidv7({ msecs: Date.now() - 25 * 3_600_000 });
  const orphan = newObjectName(at).replace(/[^/]+$/, `${uuid}.json`) as ObjectName;
  await objects.put(orphan, Buffer.from("1"), 1, never);
  await objects.put("stranger.txt" as ObjectName, Buffer.from("1"), 1, never);
  const lost = await nameOf("lost");
  await objects.delete(lost);
  await objects.delete(await nameOf("short"));
  await objects.put(await nameOf("short"), Buffer.from('"sh'), 3, never);
  await look({ database }, `DELETE FROM objects WHERE name = '${await nameOf("rowless")}' RETURNING 1`);
  await look({ database }, `UPDATE objects SET live_bytes = 99 WHERE name = '${await nameOf("counted")}' RETURNING 1`);
  return { lost, orphan };
}

/** Some twenty processes come and go, each with a database of its own. */
const MS_MAX = 180_000;

describe.each(PAIRS)("nskv doctor, $pair", ({ pair, skip, open }) => {
  it.skipIf(skip)(
    "finds each damage, repairs what it may and says what is next",
    () =>
      withStorage(open, async (storage) => {
        const service = await startService(storage);
        const kv = kvAt(service.address, NAMESPACE);
        for (const key of ["lost", "short", "rowless", "counted"]) {
          await kv.put(key, '"first"');
          await kv.put(key, `"${key}, second"`);
        }
        await kv.put("only", "1");
        await service.stop();
        expect(await runCommand(storage, "doctor")).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/^Checked 5 keys with 9 revisions, 10 objects of \d+ bytes.*\n\nHealthy.\n$/s),
          stderr: expect.stringMatching(/entries: 5/),
        });
        const { lost, orphan } = await withInside(storage, damage);
        const found = await runCommand(storage, "doctor");
        expect(found.code).toBe(1);
        for (const said of [
          /object_lost: 2\./,
          /key "lost" in doctor.command, revision 2, by \S+ at \S+Z: \S+: the object is gone/,
          /key "short" .* the object ends after 3 bytes/,
          /live_bytes_wrong: 1\./,
          /row_missing: 1\./,
          /orphan: 1\./,
          /1 object not made by this program, left alone: stranger.txt/,
          /Next:\n {2}Run "nskv doctor --fix"/,
        ])
          expect(found.stdout).toMatch(said);
        expect(found.stdout).toContain(orphan);
        expect(found.stdout).not.toMatch(/second|first/);
        const fixed = await runCommand(storage, "doctor", "--fix", "--json");
        expect(fixed.code).toBe(1);
        expect(JSON.parse(fixed.stdout)).toMatchObject({
          healthy: false,
          findings: [
            {
              kind: "object_lost",
              count: 2,
              repaired: 0,
              listed: [{ key: "lost", object: lost, repaired: false }, { key: "short" }],
            },
            { kind: "live_bytes_wrong", count: 1, repaired: 1 },
            { kind: "row_missing", count: 1, repaired: 1 },
            { kind: "orphan", count: 1, repaired: 1 },
          ],
          notes: { strangers: 1 },
        });
        expect(await runCommand(storage, "doctor", "--fix=restore-previous")).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/object_lost: 2, repaired.*Everything is repaired/s),
        });
        expect(await runCommand(storage, "doctor", "--deep")).toMatchObject({
          code: 0,
          stdout: expect.stringMatching(/of values read/),
        });
        const again = await startService(storage);
        const after = kvAt(again.address, NAMESPACE);
        for (const [key, value] of [
          ["lost", "first"],
          ["short", "first"],
          ["rowless", "rowless, second"],
          ["counted", "counted, second"],
        ])
          expect((await (await after.get(`${key}`)).json()).value).toBe(value);
        const wrong = await runCommand(storage, "doctor", "--fix=everything");
        expect(wrong).toMatchObject({ code: 2, stderr: expect.stringMatching(/--fix stands alone/) });
        if (pair === "embedded")
          expect(await runCommand(storage, "doctor")).toMatchObject({
            code: 2,
            stderr: expect.stringMatching(/in use by process \d+.*Stop it/s),
          });
        await again.stop();
      }),
    MS_MAX,
  );
});

// The embedded store is never shared: no doctor can look while somebody writes.
describe.each(PAIRS.filter(({ pair }) => pair !== "embedded"))(
  "nskv doctor beside a service, $pair",
  ({ skip, open }) => {
    it.skipIf(skip)(
      "raises no false alarm while writers, purges and sweeps go on",
      () =>
        withStorage(open, async (storage) => {
          const service = await startService({ ...storage, env: { ...storage.env, NSKV_SWEEP_SECONDS: "0.3" } });
          const kv = kvAt(service.address, NAMESPACE);
          let stopped = false;
          const writers = Array.from({ length: 6 }, async (_, name) => {
            for (let n = 0; !stopped; n++) {
              await kv.put(`w${name}-${n % 20}`, `${n}`, n % 5 === 1 ? "?ttl=PT0.01S" : "");
              if (n % 9 === 3) await kv.delete(`w${name}-${n % 7}`);
              if (n % 50 === 9)
                await kv.send("POST", `/namespaces/${NAMESPACE}/kv:purge`, {
                  body: JSON.stringify({ expiredOnly: false, prefix: `w${name}-1` }),
                  headers: { "Content-Type": "application/json" },
                });
            }
          });
          await expect.poll(async () => (await kv.get("w0-5")).status, { timeout: 30_000 }).toBe(200);
          for (const words of [[], [], ["--deep"], ["--fix"], []]) {
            const { code, stdout, stderr } = await runCommand(storage, "doctor", "--json", ...words);
            expect({ code, stderr, findings: JSON.parse(stdout || "{}").findings }).toMatchObject({
              code: 0,
              findings: [],
            });
          }
          stopped = true;
          await Promise.all(writers);
          await service.stop();
        }),
      MS_MAX,
    );
  },
);
