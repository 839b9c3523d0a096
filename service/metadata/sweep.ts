import type { Place } from "../domain/entry.ts";
import type { ObjectName } from "../domain/object.ts";
import { BACKUP_LEASE, type Removed, type Upkeep } from "../domain/upkeep-store.ts";
import { arrayLiteral } from "./array-literal.ts";
import { ask } from "./ask.ts";
import type { Database, Row } from "./database.ts";
import { BURY, DEAD, EXPIRED, forgetIn, IS_TAKEN, PRUNE, TAKE, TRIM, UNKNOWN } from "./sweep-statements.ts";

export function createUpkeep(database: Database): Upkeep {
  return {
    async take(name, holder, ms) {
      const [row] = await ask(database, TAKE, { name, holder, ms: `${ms}` });
      return row ? Number(row[0]) : undefined;
    },
    async isTaken(name) {
      return (await ask(database, IS_TAKEN, { name })).length > 0;
    },
    async expired(ageMs, limit) {
      const rows = await ask(database, EXPIRED, page(ageMs, limit));
      return rows.map(([tenant, namespace, key, etag]) => ({
        at: { tenant, namespace, key } as unknown as Place,
        etag: etag ?? "",
      }));
    },
    async forget(ageMs, limit) {
      const [row] = await ask(database, forgetIn(database), page(ageMs, limit));
      return removedOf(row);
    },
    async prune(after, limit) {
      const { tenant = "", namespace = "", key = "" } = after ?? {};
      const [row] = await ask(database, PRUNE, { tenant, namespace, key, limit: `${limit}` });
      const last = row?.slice(3) ?? [];
      const next =
        typeof last[2] === "string" ? { tenant: `${last[0]}`, namespace: `${last[1]}`, key: last[2] } : undefined;
      return { ...removedOf(row), next };
    },
    async trim(ageMs, limit) {
      const [row] = await ask(database, TRIM, page(ageMs, limit));
      return Number(row?.[0] ?? 0);
    },
    async dead(ageMs, limit) {
      return namesOf(await ask(database, DEAD, { ...page(ageMs, limit), backup: BACKUP_LEASE }));
    },
    async bury(names) {
      await ask(database, BURY, named(names));
    },
    async unknown(names) {
      return namesOf(await ask(database, UNKNOWN, named(names)));
    },
  };
}

const page = (ageMs: number, limit: number) => ({ age_ms: `${ageMs}`, limit: `${limit}` });

/** An object's name begins with its tenant. */
const named = (names: readonly ObjectName[]) => ({
  tenants: arrayLiteral(names.map((name) => name.slice(0, name.indexOf("/")))),
  names: arrayLiteral(names),
});

const namesOf = (rows: readonly Row[]): readonly ObjectName[] => rows.map(([name]) => name as ObjectName);

const removedOf = (row: Row | undefined): Removed => ({
  seen: Number(row?.[0] ?? 0),
  keys: Number(row?.[1] ?? 0),
  revisions: Number(row?.[2] ?? 0),
});
