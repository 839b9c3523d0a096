import { type SQL, sql } from "drizzle-orm";
import type { PgTable } from "drizzle-orm/pg-core";
import { REVISIONS_KEPT_DEFAULT } from "../../api/limits.ts";
import { objectsCounted, PRUNED_BYTES, samePlace, unchanged } from "./by-place.ts";
import type { Database } from "./database.ts";
import { tombstonesBy } from "./in-place.ts";
import { rowOf, statement } from "./statement.ts";
import { changeTrims } from "./tables/change-trims.ts";
import { changes } from "./tables/changes.ts";
import { entries } from "./tables/entries.ts";
import { leases } from "./tables/leases.ts";
import { namespaces } from "./tables/namespaces.ts";
import { objects } from "./tables/objects.ts";
import { revisions } from "./tables/revisions.ts";

const LIMIT = sql`${sql.placeholder("limit")}::bigint`;
const LONG_AGO = sql`statement_timestamp() - ${sql.placeholder("age_ms")}::float8 * interval '1 millisecond'`;

/** Each tenant of a table by one look into its index: indices begin with the tenant, and there are few. */
export const tenantsOf = (table: PgTable): SQL => sql`(WITH RECURSIVE t(tenant) AS (
    SELECT (SELECT x.tenant FROM ${table} x ORDER BY x.tenant LIMIT 1)
    UNION ALL
    SELECT (SELECT x.tenant FROM ${table} x WHERE x.tenant > t.tenant ORDER BY x.tenant LIMIT 1)
    FROM t WHERE t.tenant IS NOT NULL
  ) SELECT tenant FROM t WHERE tenant IS NOT NULL)`;

/** A holder whose lease has run out may take it as anybody may: it is taken by whoever comes first. */
export const TAKE = statement(
  "take a lease",
  sql`INSERT INTO ${leases} (name, holder, until) VALUES (${sql.placeholder("name")}, ${sql.placeholder("holder")}::uuid,
    clock_timestamp() + ${sql.placeholder("ms")}::float8 * interval '1 millisecond')
  ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
  WHERE ${leases.holder} = excluded.holder OR ${leases.until} <= clock_timestamp()
  RETURNING floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint`,
);

export const IS_TAKEN = statement(
  "is a lease taken",
  sql`SELECT 1 FROM ${leases} WHERE name = ${sql.placeholder("name")} AND until > clock_timestamp()`,
);

export const EXPIRED = statement(
  "expired",
  sql`SELECT e.tenant, e.namespace, e.key, e.etag FROM ${tenantsOf(entries)} t,
  LATERAL (SELECT * FROM ${entries} x WHERE x.tenant = t.tenant AND x.gone IS NULL AND x.expires_at IS NOT NULL
    AND x.expires_at <= ${LONG_AGO} ORDER BY x.expires_at LIMIT ${LIMIT}) e LIMIT ${LIMIT}`,
);

const forgetting = (goneAt: SQL) =>
  statement(
    "forget",
    sql`WITH page AS MATERIALIZED (SELECT e.tenant, e.namespace, e.key, e.etag FROM ${tenantsOf(entries)} t,
  LATERAL (SELECT * FROM ${entries} x WHERE x.tenant = t.tenant AND x.gone IS NOT NULL
    AND x.${goneAt} <= ${LONG_AGO} ORDER BY x.${goneAt} LIMIT ${LIMIT}) e LIMIT ${LIMIT}),
locked AS MATERIALIZED (${unchanged("page", "skip")}),
pruned AS (DELETE FROM ${revisions} r USING locked l WHERE ${samePlace("r", "l")}
  RETURNING r.tenant, r.object, r.object_length),
forgotten AS (DELETE FROM ${entries} e USING locked l WHERE ${samePlace("e", "l")} RETURNING 1),
objects_counted AS (${objectsCounted(PRUNED_BYTES)})
SELECT (SELECT count(*) FROM page), (SELECT count(*) FROM forgotten), (SELECT count(*) FROM pruned)`,
  );

const [among, alone] = [forgetting(tombstonesBy({})), forgetting(tombstonesBy({ alone: true }))];

/** How old tombstones are forgotten in this database. */
export const forgetIn = (database: Pick<Database, "alone">) => (database.alone ? alone : among);

/** Every write does this for its own key; this is for keys that nobody writes after their namespace keeps less. */
export const PRUNE = statement(
  "prune",
  sql`WITH page AS MATERIALIZED (SELECT e.tenant, e.namespace, e.key, e.etag, e.revision FROM ${entries} e
  WHERE (e.tenant, e.namespace, e.key) >
    (${sql.placeholder("tenant")}, ${sql.placeholder("namespace")}, ${sql.placeholder("key")})
  ORDER BY e.tenant, e.namespace, e.key LIMIT ${LIMIT}),
excess AS MATERIALIZED (SELECT p.*, k.through FROM page p
  JOIN ${rowOf(namespaces, sql`x.tenant = p.tenant AND x.name = p.namespace`)} n ON true
  CROSS JOIN LATERAL (SELECT p.revision
    - greatest(1, coalesce(n.max_revisions, ${sql.raw(`${REVISIONS_KEPT_DEFAULT}`)})) AS through) k
  WHERE EXISTS (SELECT 1 FROM ${revisions} r WHERE ${samePlace("r", "p")} AND r.revision <= k.through)),
locked AS MATERIALIZED (${unchanged("excess", "skip")}),
pruned AS (DELETE FROM ${revisions} r USING locked l WHERE ${samePlace("r", "l")} AND r.revision <= l.through
  RETURNING r.tenant, r.object, r.object_length),
objects_counted AS (${objectsCounted(PRUNED_BYTES)})
SELECT (SELECT count(*) FROM page), (SELECT count(*) FROM locked), (SELECT count(*) FROM pruned),
  z.tenant, z.namespace, z.key
FROM (SELECT 1) one LEFT JOIN (SELECT * FROM page ORDER BY tenant DESC, namespace DESC, key DESC LIMIT 1) z ON true`,
);

export const DEAD = statement(
  "dead objects",
  sql`SELECT o.name FROM ${tenantsOf(objects)} t,
  LATERAL (SELECT * FROM ${objects} x WHERE x.tenant = t.tenant AND x.dead_since IS NOT NULL
    AND x.dead_since <= ${LONG_AGO} ORDER BY x.dead_since LIMIT ${LIMIT}) o
  WHERE NOT EXISTS (SELECT 1 FROM ${leases} l WHERE l.name = ${sql.placeholder("backup")} AND l.until > clock_timestamp())
  LIMIT ${LIMIT}`,
);

/** Rows and what is remembered of them go together, so that who reads behind them is refused and never misses one silently. */
export const TRIM = statement(
  "trim the change log",
  sql`WITH page AS MATERIALIZED (SELECT c.tenant, c.id FROM ${tenantsOf(changes)} t,
  LATERAL (SELECT * FROM (SELECT * FROM ${changes} x WHERE x.tenant = t.tenant ORDER BY x.id LIMIT ${LIMIT}) x
    WHERE x.at <= ${LONG_AGO}) c LIMIT ${LIMIT}),
removed AS (DELETE FROM ${changes} c USING page p WHERE c.tenant = p.tenant AND c.id = p.id RETURNING c.tenant, c.id),
noted AS (INSERT INTO ${changeTrims} (tenant, upto) SELECT r.tenant, max(r.id) FROM removed r GROUP BY r.tenant ORDER BY r.tenant
  ON CONFLICT (tenant) DO UPDATE SET upto = greatest(${changeTrims.upto}, excluded.upto))
SELECT count(*) FROM removed`,
);

const NAMED = sql`unnest(${sql.placeholder("tenants")}::text[], ${sql.placeholder("names")}::text[])
  AS i(tenant, name)`;
const ITS_ROW = sql.raw(`o.tenant = i.tenant COLLATE "C" AND o.name = i.name COLLATE "C"`);

export const BURY = statement(
  "bury",
  sql`DELETE FROM ${objects} o USING ${NAMED} WHERE ${ITS_ROW} AND o.live_bytes = 0`,
);

export const UNKNOWN = statement(
  "unknown objects",
  sql`SELECT i.name FROM ${NAMED} WHERE NOT EXISTS (SELECT 1 FROM ${objects} o WHERE ${ITS_ROW})`,
);
