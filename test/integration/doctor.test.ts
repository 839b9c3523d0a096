import { v7 as uuidv7 } from "uuid";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDigester } from "../../service/domain/digest.ts";
import { type DoctorRules, examine, type Patient } from "../../service/domain/doctor.ts";
import type { Place } from "../../service/domain/entry.ts";
import type { Report } from "../../service/domain/findings.ts";
import type { Key } from "../../service/domain/key.ts";
import type { NamespaceName, Tenant } from "../../service/domain/namespace.ts";
import { newObjectName, type ObjectName } from "../../service/domain/object.ts";
import { storeValues } from "../../service/domain/packs.ts";
import { readEntry } from "../../service/domain/reads.ts";
import { SWEEP_RULES } from "../../service/domain/sweep.ts";
import { NOTHING_SAID, put, remove } from "../../service/domain/writes.ts";
import { look } from "../../service/metadata/suite-store.ts";
import { type Inside, openInside } from "../support/inside.ts";
import { PAIRS, type StoragePair } from "../support/service.ts";

const never = new AbortController().signal;
const RULES: DoctorRules = { fix: "nothing", deep: false, orphanMs: SWEEP_RULES.orphanMs, pageSize: 4 };
const author = { by: "tester", door: "http", idempotencyKey: undefined } as const;
const always = { kind: "always" } as const;

let namespaces = 0;
const freshPlace = (key = "key"): Place => ({
  tenant: "main" as Tenant,
  namespace: `doctor.n${++namespaces}` as NamespaceName,
  key: key as Key,
});

/** A name as of 25 hours ago. */
const old = (at: Place): ObjectName =>
  newObjectName(at).replace(/[^/]+$/, `${uuidv7({ msecs: Date.now() - 25 * 3_600_000 })}.json`) as ObjectName;

const kindsOf = ({ findings }: Report) => findings.map(({ kind, count, repaired }) => [kind, count, repaired]);

describe.each(PAIRS)("doctor, $pair", ({ skip, open }) => {
  describe.skipIf(skip)("on a store of its own", () => {
    let storage: StoragePair;
    let inside: Inside;
    let patient: Patient;
    beforeAll(async () => {
      storage = await open();
      inside = await openInside(storage);
      await openDigester(inside.objects, inside.metadata.upkeep, never);
      patient = await inside.patient();
      for (const key of ["a", "b", "c"]) await write({ ...freshPlace(key) }, "1");
      const gone = freshPlace();
      await write(gone, "2");
      await write(gone, "3");
      await remove(patient.stores, gone, always, author);
    });
    afterAll(async () => {
      await inside?.close();
      await storage?.drop();
    });

    const write = async (at: Place, text: string) => {
      const bytes = Buffer.from(text);
      const body = { bytes, size: bytes.length, reading: { type: undefined, unescapedQuotes: false } };
      return (await put(patient.stores, { at, only: always, said: NOTHING_SAID, author }, body, never)).entry;
    };
    const read = async (at: Place) =>
      Buffer.from((await readEntry(patient.stores, at, true, never)).bytes as Uint8Array).toString();
    const visit = (rules: Partial<DoctorRules> = {}) =>
      examine(patient, { ...RULES, ...rules }, () => undefined, never);
    const sql = (text: string) => look(inside, text);
    const healthy = async () => expect(kindsOf(await visit({ deep: true }))).toEqual([]);

    it("finds nothing in a store that is well, whole or in pages", async () => {
      await healthy();
      const report = await visit({ pageSize: 1_000, deep: true });
      expect(report).toMatchObject({ findings: [], notes: { youngObjects: 0, strangers: 0, digestsUnknown: 0 } });
      const [[entries, revisions] = []] = await sql(
        "SELECT (SELECT count(*) FROM entries), (SELECT count(*) FROM revisions)",
      );
      expect(report.checked).toMatchObject({
        entries: Number(entries),
        revisions: Number(revisions),
        bytesRead: 5,
        objects: 6,
      });
    });

    it.each([
      {
        what: "an object without its row",
        kind: "row_missing",
        damage: (name: string) => `DELETE FROM objects WHERE name = '${name}' RETURNING 1`,
      },
      {
        what: "a wrong count",
        kind: "live_bytes_wrong",
        damage: (name: string) => `UPDATE objects SET live_bytes = 77 WHERE name = '${name}' RETURNING 1`,
      },
      {
        what: "a living object that is called dead",
        kind: "live_bytes_wrong",
        damage: (name: string) =>
          `UPDATE objects SET live_bytes = 0, dead_since = clock_timestamp() WHERE name = '${name}' RETURNING 1`,
      },
      {
        what: "a date of death without a death",
        kind: "live_bytes_wrong",
        damage: (name: string) =>
          `UPDATE objects SET dead_since = clock_timestamp() WHERE name = '${name}' RETURNING 1`,
      },
      {
        what: "a row whose object is gone",
        kind: "row_without_object",
        damage: (_: string, at: Place) =>
          `INSERT INTO objects (tenant, name, live_bytes, created_at) VALUES ('main', '${old(at)}', 5, clock_timestamp()) RETURNING 1`,
      },
      { what: "a sequence behind its log", kind: "change_log_ahead", damage: () => "SELECT setval('changes_id', 1)" },
      {
        what: "a lease for ever",
        kind: "lease_too_long",
        damage: () =>
          "INSERT INTO leases (name, holder, until) VALUES ('forever', gen_random_uuid(), 'infinity') RETURNING 1",
      },
    ])("finds $what, and --fix repairs it", async ({ kind, damage }) => {
      const at = freshPlace();
      const { slice } = await write(at, '"text"');
      expect(await sql(damage(slice.object, at))).toHaveLength(1);
      expect(kindsOf(await visit())).toEqual([[kind, 1, 0]]);
      expect(kindsOf(await visit())).toEqual([[kind, 1, 0]]);
      expect(kindsOf(await visit({ fix: "safe" }))).toEqual([[kind, 1, 1]]);
      await healthy();
      expect(await read(at)).toBe('"text"');
      await write(at, "2");
      await healthy();
    });

    it("deletes orphans, notes young ones and leaves strangers alone", async () => {
      const at = freshPlace();
      const [orphan, young, stranger] = [old(at), newObjectName(at), "readme.txt" as ObjectName];
      for (const name of [orphan, young, stranger]) await inside.objects.put(name, Buffer.from("1"), 1, never);
      const found = await visit();
      expect(kindsOf(found)).toEqual([["orphan", 1, 0]]);
      expect(found.findings[0]?.listed).toMatchObject([{ object: orphan }]);
      expect(found.notes).toMatchObject({ youngObjects: 1, strangers: 1, strangersListed: [stranger] });
      expect(kindsOf(await visit({ fix: "safe" }))).toEqual([["orphan", 1, 1]]);
      const left = await visit();
      expect(left).toMatchObject({ findings: [], notes: { youngObjects: 1, strangers: 1 } });
      for (const name of [young, stranger]) await inside.objects.delete(name);
    });

    it("lists what it cannot repair: entries that differ from their history or the log", async () => {
      const at = freshPlace();
      await write(at, "1");
      const entry = await write(at, "2");
      const where = `namespace = '${at.namespace}'`;
      await sql(`UPDATE entries SET etag = gen_random_uuid() WHERE ${where} RETURNING 1`);
      const found = await visit({ fix: "safe" });
      expect(kindsOf(found)).toEqual([
        ["entry_differs", 1, 0],
        ["change_log_differs", 1, 0],
      ]);
      expect(found.findings[0]?.listed).toMatchObject([
        {
          namespace: at.namespace,
          key: at.key,
          revision: 2,
          by: "tester",
          at: entry.updatedAt,
          detail: "differs from its revision",
        },
      ]);
      await sql(`UPDATE entries SET etag = '${entry.etag}', revision = 1 WHERE ${where} RETURNING 1`);
      expect(kindsOf(await visit({ fix: "safe" }))).toEqual([["entry_differs", 2, 0]]);
      await sql(`UPDATE entries SET revision = 2 WHERE ${where} RETURNING 1`);
      await healthy();
    });

    it("a lost value is listed, and only on demand the one before takes its place", async () => {
      const at = freshPlace();
      const first = await write(at, "1");
      const second = await write(at, "2");
      const third = await write(at, "3");
      for (const { slice } of [second, third]) await inside.objects.delete(slice.object);
      const found = await visit({ fix: "safe" });
      expect(kindsOf(found)).toEqual([["object_lost", 2, 0]]);
      expect(found.findings[0]?.listed).toMatchObject([
        { key: "key", revision: 2, isCurrent: false, by: "tester", at: second.updatedAt, detail: "the object is gone" },
        { key: "key", revision: 3, isCurrent: true, object: third.slice.object },
      ]);
      await expect(read(at)).rejects.toThrow();
      expect(kindsOf(await visit({ fix: "restore-previous" }))).toEqual([["object_lost", 2, 2]]);
      expect(await read(at)).toBe("1");
      await healthy();
      const kept = await patient.stores.metadata.history.revisions({ at, before: undefined, limit: 10 });
      expect(kept.map(({ revision, updatedBy, door }) => [revision, updatedBy, door])).toEqual([
        [4, "doctor", "cli"],
        [1, "tester", "http"],
      ]);
      expect(first.revision).toBe(1);
    });

    it("a key without any value left is deleted only by drop-lost", async () => {
      const at = freshPlace();
      const { slice } = await write(at, "1");
      await inside.objects.delete(slice.object);
      expect(kindsOf(await visit({ fix: "restore-previous" }))).toEqual([["object_lost", 1, 0]]);
      expect(kindsOf(await visit({ fix: "drop-lost" }))).toEqual([["object_lost", 1, 1]]);
      expect(await patient.stores.metadata.find(at)).toMatchObject({
        state: "gone",
        how: "delete",
        entry: { updatedBy: "doctor" },
      });
      await healthy();
      await write(at, "2");
      await healthy();
    });

    it("of an object that ends too early, only what lies behind its end is lost", async () => {
      const at = freshPlace();
      const places = ["a", "b", "c"].map((key) => ({ ...at, key: key as Key }));
      const reading = { type: undefined, unescapedQuotes: false };
      const bodies = places.map((place) => ({
        at: place,
        secret: false,
        body: { bytes: Buffer.from('"0123456789"'), size: 12, reading },
      }));
      const stored = await storeValues(patient.stores, bodies, never);
      const entries = [];
      for (const [index, place] of places.entries()) {
        const value = stored[index] && "value" in stored[index] ? stored[index].value : undefined;
        const { verdict } = await patient.stores.metadata.commit({
          at: place,
          action: "put",
          only: always,
          etag: uuidv7(),
          value,
          ...NOTHING_SAID,
          ...author,
        });
        if (verdict.kind !== "written") throw new Error(verdict.kind);
        entries.push(verdict.entry);
      }
      const { object } = entries[0]?.slice ?? { object: "" as ObjectName };
      expect(entries.every(({ slice }) => slice.object === object)).toBe(true);
      const bytes = await inside.objects.read({ object, offset: 0, length: 30 }, never);
      await inside.objects.delete(object);
      await inside.objects.put(object, bytes ?? Buffer.alloc(0), 30, never);
      const found = await visit({ deep: true });
      expect(kindsOf(found)).toEqual([["object_lost", 1, 0]]);
      expect(found.findings[0]?.listed).toMatchObject([{ key: "c", detail: "the object ends after 30 bytes" }]);
      expect(kindsOf(await visit({ fix: "drop-lost" }))).toEqual([["object_lost", 1, 1]]);
      await healthy();
      expect(await read(places[1] ?? at)).toBe('"0123456789"');
    });

    it("reads the bytes only when that is asked for, and then sees that they are others", async () => {
      const at = freshPlace();
      const { slice } = await write(at, '"right"');
      await inside.objects.delete(slice.object);
      await inside.objects.put(slice.object, Buffer.from('"wrong"'), 7, never);
      expect(kindsOf(await visit())).toEqual([]);
      const found = await visit({ deep: true, fix: "drop-lost" });
      expect(kindsOf(found)).toEqual([["value_damaged", 1, 0]]);
      expect(JSON.stringify(found)).not.toMatch(/right|wrong"/);
      await inside.objects.delete(slice.object);
      await inside.objects.put(slice.object, Buffer.from('"right"'), 7, never);
      await healthy();
    });

    it("removes nothing when the object store is another database's", async () => {
      const at = freshPlace();
      const { slice } = await write(at, "1");
      await inside.objects.delete(slice.object);
      const orphan = old(at);
      await inside.objects.put(orphan, Buffer.from("1"), 1, never);
      const elsewhere = { ...patient, digesters: new Map() };
      const report = await examine(elsewhere, { ...RULES, fix: "drop-lost" }, () => undefined, never);
      expect(kindsOf(report)).toEqual([
        ["object_lost", 1, 0],
        ["orphan", 1, 0],
        ["digest_key_missing", 1, 0],
      ]);
      expect(await patient.stores.metadata.find(at)).toMatchObject({ state: "live" });
      expect(kindsOf(await visit({ fix: "drop-lost" }))).toEqual([
        ["object_lost", 1, 1],
        ["orphan", 1, 1],
      ]);
      await healthy();
    });
  });
});
