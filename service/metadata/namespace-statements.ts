import { type SQL, sql } from "drizzle-orm";
import { NOT_EARLIER, once } from "./namespace-answers.ts";
import { listedColumnsOf, namespaceColumnsOf } from "./namespace-row.ts";
import { bare, commaSeparated, given, statement } from "./statement.ts";
import { entries } from "./tables/entries.ts";
import { namespaces } from "./tables/namespaces.ts";
import { revisions } from "./tables/revisions.ts";

const THIS_ONE = sql`x.tenant = ${given("tenant", "text")} AND x.name = ${given("name", "text")}`;

export const FIND_NAMESPACE = statement(
  "find namespace",
  sql`SELECT ${namespaceColumnsOf("x")} FROM ${namespaces} x WHERE ${THIS_ONE}`,
);

/** What a write sets, whether the row is new or not. */
const SETTINGS: readonly (readonly [column: { readonly name: string }, value: SQL])[] = [
  [namespaces.description, given("description", "text")],
  [namespaces.labels, given("labels", "text::jsonb")],
  [namespaces.allowedNamespaces, given("allowed_namespaces", "text::jsonb")],
  [namespaces.maxRevisions, given("max_revisions", "integer")],
  [namespaces.defaultTtl, given("default_ttl", "text")],
  [namespaces.extra, given("extra", "text")],
  [namespaces.declared, sql`true`],
  [namespaces.etag, given("etag", "uuid")],
  [namespaces.updatedBy, given("by", "text")],
];

const setTo = (value: (column: { readonly name: string }, said: SQL) => SQL): SQL =>
  commaSeparated(SETTINGS.map(([column, said]) => sql`${sql.identifier(column.name)} = ${value(column, said)}`));

/** The clock is read again once the row is locked, so that a later revision never has an earlier time. */
const NEXT = sql`${bare(namespaces.revision)} = x.revision + 1, ${bare(namespaces.updatedAt)} = clock_timestamp()`;

const newColumns = [
  namespaces.tenant,
  namespaces.name,
  namespaces.createdAt,
  namespaces.createdBy,
  namespaces.updatedAt,
  ...SETTINGS.map(([column]) => column),
];

/** `undeclared_only` takes a row that the first write of a key made, and no other. */
export const PUT_NAMESPACE = statement(
  "put namespace",
  once(sql`INSERT INTO ${namespaces} AS x (${commaSeparated(newColumns.map(({ name }) => sql.identifier(name)))})
  SELECT ${given("tenant", "text")}, ${given("name", "text")}, now.at, ${given("by", "text")}, now.at,
    ${commaSeparated(SETTINGS.map(([, said]) => said))}
  FROM (SELECT clock_timestamp() AS at) now WHERE ${NOT_EARLIER}
  ON CONFLICT (${bare(namespaces.tenant)}, ${bare(namespaces.name)}) DO UPDATE SET
  ${setTo(({ name }) => sql`excluded.${sql.identifier(name)}`)}, ${NEXT}
  WHERE NOT (${given("undeclared_only", "boolean")} AND x.declared)
  RETURNING x.*`),
);

/** `only_etag` null means whatever is there. Text, since a caller may send anything. */
export const CHANGE_NAMESPACE = statement(
  "change namespace",
  once(sql`UPDATE ${namespaces} AS x SET ${setTo((_, said) => said)}, ${NEXT}
  WHERE ${THIS_ONE} AND ${NOT_EARLIER} AND (${given("only_etag", "text")} IS NULL OR x.etag::text = ${given("only_etag", "text")})
  RETURNING x.*`),
);

const LIVE = sql.raw("e.gone IS NULL AND (e.expires_at IS NULL OR e.expires_at > statement_timestamp())");

export const COUNT_CONTENTS = statement(
  "count contents",
  sql`SELECT count(*) FILTER (WHERE ${LIVE}), coalesce(sum(e.size) FILTER (WHERE ${LIVE}), 0),
    (SELECT count(*) FROM ${revisions} r
      WHERE r.tenant = ${given("tenant", "text")} AND r.namespace = ${given("name", "text")})
  FROM ${entries} e WHERE e.tenant = ${given("tenant", "text")} AND e.namespace = ${given("name", "text")}`,
);

/** Every prefix of a name at its dots, the name itself among them. */
const LINEAGE = sql`LATERAL (SELECT array_to_string(s.parts[1:d.depth], '.') COLLATE "C" AS name
  FROM (SELECT string_to_array(n.name, '.') AS parts) s, generate_series(1, cardinality(s.parts)) d(depth)) p`;

/** Below a name lies what begins with it and a dot; `/` is the character after the dot. */
const inBranch = (
  column: string,
): SQL => sql`(${given("under", "text")} IS NULL OR ${sql.raw(column)} = ${given("under", "text")}
  OR (${sql.raw(column)} >= ${given("under", "text")} || '.' AND ${sql.raw(column)} < ${given("under", "text")} || '/'))`;

/**
 * One page, and in every row the number of all. A page beyond the last has one row of nothing but that number.
 * Names hold ASCII only, so that `lower` needs no collation of its own.
 */
export const listNamespaces = (descending: boolean) =>
  statement(
    `list namespaces ${descending ? "down" : "up"}`,
    sql`WITH named AS MATERIALIZED (
    SELECT DISTINCT p.name FROM ${namespaces} n, ${LINEAGE}
    WHERE n.tenant = ${given("tenant", "text")} AND ${inBranch("n.name")}
  ), wanted AS MATERIALIZED (
    SELECT p.name AS line, x.* FROM named p
    LEFT JOIN ${namespaces} x ON x.tenant = ${given("tenant", "text")} AND x.name = p.name
    WHERE ${inBranch("p.name")}
    AND (${given("contains", "text")} IS NULL OR strpos(lower(p.name), lower(${given("contains", "text")})) > 0)
    AND (x.name IS NOT NULL OR NOT ${given("rows_only", "boolean")})
  ), page AS (
    SELECT * FROM wanted ORDER BY line ${sql.raw(descending ? "DESC" : "ASC")}
    LIMIT ${given("limit", "bigint")} OFFSET ${given("offset", "bigint")}
  )
  SELECT t.total, w.line, ${listedColumnsOf("w")}
  FROM (SELECT count(*) AS total FROM wanted) t LEFT JOIN page w ON true
  ORDER BY w.line ${sql.raw(descending ? "DESC" : "ASC")}`,
  );
