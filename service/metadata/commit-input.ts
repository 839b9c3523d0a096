import { type SQL, sql } from "drizzle-orm";
import { REVISIONS_KEPT_DEFAULT } from "../../api/limits.ts";
import { objectNameTime } from "../domain/object.ts";
import type { Write } from "../domain/stores.ts";
import { arrayLiteral } from "./array-literal.ts";
import { placeColumns } from "./by-place.ts";
import { instantToDatabase } from "./instant.ts";
import { commaSeparated, type Parameters, rowOf } from "./statement.ts";
import { namespaces } from "./tables/namespaces.ts";
import { objects } from "./tables/objects.ts";

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

/**
 * What each write has for itself. The rest is the same for most of a batch, and is sent and read once for all that are
 * alike in it: their `kind`, counted from 1.
 */
const OWN = new Set(["key", "etag", "object_offset", "object_length", "size", "digest", "idempotency_key"]);
const own = fields.filter(([name]) => OWN.has(name));
const shared = fields.filter(([name]) => !OWN.has(name));

/** By these the rows are sorted and found, always under the tables' collation. */
const SORTED = new Set(["tenant", "namespace", "key", "object", "idempotency_key"]);

const selected = fields.map(([name]) => {
  const column = `${OWN.has(name) ? "o" : "k"}."${name}"`;
  return sql.raw(SORTED.has(name) ? `${column} COLLATE "C" AS ${name}` : column);
});

type Fields = typeof fields;
const arraysOf = (some: Fields) => some.map(([name, [type]]) => sql`${sql.placeholder(name)}::${sql.raw(type)}[]`);
const namesOf = (some: Fields) => some.map(([name]) => sql.identifier(name));

const unnested = (some: Fields, ...more: SQL[]): SQL =>
  sql`unnest(${commaSeparated([...arraysOf(some), ...more])}) WITH ORDINALITY`;

const writesOf = (some: Fields): SQL =>
  sql`${unnested(some, sql`${sql.placeholder("kind")}::int[]`)} AS o(${commaSeparated(namesOf(some))}, kind, ord)`;

const kindsOf = (some: Fields): SQL => sql`${unnested(some)} AS k(${commaSeparated(namesOf(some))}, kind)`;

/** The kinds of a batch. Their namespace and their object are among what all writes of a kind share, and looked up once. */
export const KINDS = sql`SELECT k.*, n.name IS NULL AS is_namespace_new, n.default_ttl AS namespace_ttl,
    greatest(1, coalesce(n.max_revisions, ${sql.raw(`${REVISIONS_KEPT_DEFAULT}`)})) AS revisions_kept,
    b.live_bytes <= 0 AS is_object_dead
  FROM ${kindsOf(shared)}
  LEFT JOIN ${rowOf(namespaces, sql`x.tenant = k.tenant AND x.name = k.namespace`)} n ON true
  LEFT JOIN ${rowOf(objects, sql`x.tenant = k.tenant AND x.name = k.object`)} b ON true`;

/** The writes of a batch as rows, numbered from 1 in `ord`. `KINDS` is a step before, named `kinds`. */
export const INPUT = sql`SELECT ${commaSeparated(selected)},
    k.is_namespace_new, k.namespace_ttl, k.revisions_kept, k.is_object_dead, o.ord
  FROM ${writesOf(own)} JOIN kinds k ON k.kind = o.kind`;

const isOfPlace = ([name]: Fields[number]): boolean => placeColumns.includes(name);

/** The places alone, for a statement that only locks. */
export const PLACES = sql`SELECT ${commaSeparated(selected.slice(0, placeColumns.length))}
  FROM ${writesOf(own.filter(isOfPlace))} JOIN ${kindsOf(shared.filter(isOfPlace))} ON k.kind = o.kind`;

/** `unnest` fills the shorter arrays up with NULL: what none of them says need not be said of each. */
function column<Of>(of: (item: Of) => Scalar, items: readonly Of[]): string {
  const values = new Array<Scalar>(items.length);
  let isSaid = false;
  for (let index = 0; index < items.length; index++) {
    const value = of(items[index] as Of);
    isSaid ||= value !== null && value !== undefined;
    values[index] = value;
  }
  return isSaid ? arrayLiteral(values) : NOTHING;
}

const NOTHING = arrayLiteral([]);

/** Follows from the object: writes that share one need not be compared by it. */
const compared = shared.flatMap(([name, [, of]]) => (name === "uploaded_at" ? [] : [of]));

/** The first writes of each kind, and for each write the number of its kind. */
function kindsIn(writes: readonly Write[]): { readonly firsts: readonly Write[]; readonly numbers: readonly number[] } {
  const numbersByName = new Map<string, number>();
  const firsts: Write[] = [];
  let last: { readonly values: readonly Scalar[]; readonly number: number } | undefined;
  const numberOf = (write: Write): number => {
    // Neighbours are mostly alike, and to compare them costs less than a name.
    if (last && isAlike(write, last.values)) return last.number;
    const values = compared.map((of) => of(write));
    const name = JSON.stringify(values);
    let number = numbersByName.get(name);
    if (number === undefined) {
      number = firsts.push(write);
      numbersByName.set(name, number);
    }
    last = { values, number };
    return number;
  };
  return { numbers: writes.map(numberOf), firsts };
}

function isAlike(write: Write, values: readonly Scalar[]): boolean {
  for (let index = 0; index < compared.length; index++) if (compared[index]?.(write) !== values[index]) return false;
  return true;
}

export function parametersOf(writes: readonly Write[]): Parameters {
  const { firsts, numbers } = kindsIn(writes);
  const parameters: Record<string, string> = { kind: arrayLiteral(numbers) };
  for (const [name, [, of]] of own) parameters[name] = column(of, writes);
  for (const [name, [, of]] of shared) parameters[name] = column(of, firsts);
  return parameters;
}
