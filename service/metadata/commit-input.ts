import { sql } from "drizzle-orm";
import { objectNameTime } from "../domain/object.ts";
import type { Write } from "../domain/stores.ts";
import { arrayLiteral } from "./array-literal.ts";
import { instantToDatabase } from "./instant.ts";
import { commaSeparated, type Parameters } from "./statement.ts";

type Scalar = string | number | boolean | null | undefined;

/** What a write says: for each field of the statement's input its SQL type and where it comes from. */
const FIELDS: Readonly<Record<string, readonly [type: string, of: (write: Write) => Scalar]>> = {
  tenant: ["text", ({ at }) => at.tenant],
  namespace: ["text", ({ at }) => at.namespace],
  key: ["text", ({ at }) => at.key],
  action: ["text", ({ action }) => action],
  only_kind: ["text", ({ only }) => only.kind],
  // Text, since a caller may send anything; it is compared whole.
  only_etag: ["text", ({ only }) => (only.kind === "etag" ? only.etag : null)],
  etag: ["uuid", ({ etag }) => etag],
  type: ["text", ({ value }) => value?.type],
  object: ["text", ({ value }) => value?.slice.object],
  object_offset: ["bigint", ({ value }) => value?.slice.offset],
  object_length: ["bigint", ({ value }) => value?.slice.length],
  size: ["bigint", ({ value }) => value?.size],
  digest: ["bytea", ({ value }) => (value ? `\\x${value.digest.hex}` : null)],
  digest_key: ["text", ({ value }) => value?.digest.keyId],
  uploaded_at: ["timestamptz", ({ value }) => (value ? uploadBegan(value.slice.object) : null)],
  lifetime: ["text", ({ lifetime }) => lifetime.kind],
  lifetime_ttl: ["text", ({ lifetime }) => ("ttl" in lifetime ? lifetime.ttl : null)],
  lifetime_until: [
    "timestamptz",
    ({ lifetime }) => (lifetime.kind === "until" ? instantToDatabase(lifetime.at, "expiresAt") : null),
  ],
  keeps_description: ["boolean", ({ description }) => description === undefined],
  description: ["text", ({ description }) => description],
  labels: ["jsonb", ({ labels }) => (labels ? JSON.stringify(labels) : null)],
  secret: ["boolean", ({ secret }) => secret],
  restores_revision: ["bigint", ({ restores }) => restores?.revision],
  restores_etag: ["uuid", ({ restores }) => restores?.etag],
  by: ["text", ({ by }) => by],
  door: ["text", ({ door }) => door],
  idempotency_key: ["text", ({ idempotencyKey, etag }) => idempotencyKey ?? etag],
};

const uploadBegan = (object: string): string | null => {
  const time = objectNameTime(object);
  return time === undefined ? null : new Date(time).toISOString();
};

const fields = Object.entries(FIELDS);

/** By these the rows are sorted and found, always under the tables' collation. */
const SORTED = new Set(["tenant", "namespace", "key", "object", "idempotency_key"]);

const selected = fields.map(([name]) =>
  SORTED.has(name) ? sql.raw(`i.${name} COLLATE "C" AS ${name}`) : sql`i.${sql.identifier(name)}`,
);
const arrays = fields.map(([name, [type]]) => sql`${sql.placeholder(name)}::${sql.raw(type)}[]`);
const names = [...fields.map(([name]) => name), "ord"].map((name) => sql.identifier(name));

/** The writes of a batch as rows, numbered from 1 in `ord`. */
export const INPUT = sql`SELECT ${commaSeparated(selected)}, i.ord
  FROM unnest(${commaSeparated(arrays)}) WITH ORDINALITY AS i(${commaSeparated(names)})`;

/** The places alone, for a statement that only locks. */
export const PLACES = sql`SELECT ${commaSeparated(selected.slice(0, 3))}
  FROM unnest(${commaSeparated(arrays.slice(0, 3))}) AS i(tenant, namespace, key)`;

/** `unnest` fills the shorter arrays up with NULL: what no write says need not be said of each. Every write has a place. */
const column = (values: readonly Scalar[]): string =>
  arrayLiteral(values.some((value) => value !== null && value !== undefined) ? values : []);

export const parametersOf = (writes: readonly Write[]): Parameters =>
  Object.fromEntries(fields.map(([name, [, of]]) => [name, column(writes.map(of))]));
