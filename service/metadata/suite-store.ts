import { sql } from "drizzle-orm";
import { v7 as uuidv7 } from "uuid";
import type { Place } from "../domain/entry.ts";
import type { Key } from "../domain/key.ts";
import type { NamespaceName, Tenant } from "../domain/namespace.ts";
import { newObjectName } from "../domain/object.ts";
import type { ListQuery, Metadata, StoredValue, Verdict, Write } from "../domain/stores.ts";
import type { Database, Row } from "./database.ts";
import { statement } from "./statement.ts";

/** What the suites need of a database: to use it as the service does, twice, and to look below. */
export interface SuiteStore {
  readonly metadata: Metadata;
  /** As a second replica would have it; on PGlite, which has one process, the same. */
  readonly second: Metadata;
  readonly database: Database;
  close(): Promise<void>;
}

let places = 0;

/** A place that no other test uses. */
export function freshPlace(key = "key"): Place {
  places++;
  return { tenant: "main" as Tenant, namespace: `suite.n${places}` as NamespaceName, key: key as Key };
}

export const sibling = (at: Place, key: string): Place => ({ ...at, key: key as Key });

/** Bytes that were never stored: metadata does not look at them. */
export const valueAt = (at: Place, changes: Partial<StoredValue> = {}): StoredValue => ({
  type: "STRING",
  slice: { object: newObjectName(at), offset: 0, length: 7 },
  size: 7,
  digest: { hex: "00ff", keyId: "first" },
  ...changes,
});

const write = (at: Place, changes: Partial<Write>): Write => ({
  at,
  action: "put",
  only: { kind: "always" },
  etag: uuidv7(),
  value: undefined,
  lifetime: { kind: "keep" },
  description: undefined,
  labels: undefined,
  secret: undefined,
  by: "tester",
  door: "http",
  idempotencyKey: undefined,
  ...changes,
});

export const put = (at: Place, changes: Partial<Write> = {}): Write =>
  write(at, { value: valueAt(at), lifetime: { kind: "default" }, ...changes });
export const patch = (at: Place, changes: Partial<Write> = {}): Write => write(at, { action: "patch", ...changes });
export const remove = (at: Place, changes: Partial<Write> = {}): Write => write(at, { action: "delete", ...changes });
export const expire = (at: Place, changes: Partial<Write> = {}): Write => write(at, { action: "expire", ...changes });

/** The verdict of a write that reached the database the first time. */
export async function commit({ metadata }: Pick<SuiteStore, "metadata">, asked: Write): Promise<Verdict> {
  const { verdict, certain } = await metadata.commit(asked);
  if (!certain) throw new Error("A connection was lost in a test that loses none.");
  return verdict;
}

/** Commits what must succeed. */
export async function written(store: Pick<SuiteStore, "metadata">, asked: Write) {
  const verdict = await commit(store, asked);
  if (verdict.kind !== "written") throw new Error(`The write was not made: ${verdict.kind}.`);
  return verdict.entry;
}

/** Runs SQL that the service does not have. Values must be the test's own. */
export const look = (store: Pick<SuiteStore, "database">, text: string): Promise<readonly Row[]> =>
  store.database.query(statement(text, sql.raw(text)), {});

/** Lets the clock run past the entry's end, without waiting for it. */
export async function letExpire(store: SuiteStore, at: Place): Promise<void> {
  await look(
    store,
    `UPDATE entries SET expires_at = clock_timestamp() - interval '1 second' WHERE ${whereOf(at)} RETURNING 1`,
  );
}

export const whereOf = ({ tenant, namespace, key }: Place): string =>
  `tenant = '${tenant}' AND namespace = '${namespace}' AND key = '${key}'`;

export const listOf = ({ tenant, namespace }: Place, changes: Partial<ListQuery> = {}): ListQuery => ({
  tenant,
  namespace,
  prefix: undefined,
  contains: undefined,
  types: [],
  labels: {},
  sort: { by: "key", descending: false },
  after: undefined,
  limit: 1_000,
  expired: false,
  ...changes,
});
