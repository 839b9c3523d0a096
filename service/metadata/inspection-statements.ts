import { sql } from "drizzle-orm";
import { objectsCounted, PRUNED_BYTES, samePlace } from "./by-place.ts";
import { given, rowOf, statement } from "./statement.ts";
import { tenantsOf } from "./sweep-statements.ts";
import { changes } from "./tables/changes.ts";
import { entries } from "./tables/entries.ts";
import { leases } from "./tables/leases.ts";
import { objects } from "./tables/objects.ts";
import { revisions } from "./tables/revisions.ts";

const LIMIT = given("limit", "bigint");

const IS_AT_HOME = `bool_and(starts_with(r.object, r.tenant || '/' || r.namespace || '/'))`;

export const NOW = statement("now", sql`SELECT floor(extract(epoch FROM clock_timestamp()) * 1000)::bigint`);

/** For a cursor: no index leads from an object to its revisions, so both tables are read whole, once. */
export const ALL_OBJECTS = `SELECT coalesce(o.name, r.object), o.live_bytes, o.dead_since IS NOT NULL, r.bytes, r.bytes_min, r.at_home
  FROM (SELECT r.tenant, r.object, sum(r.object_length) AS bytes, max(r.object_offset + r.object_length) AS bytes_min,
    ${IS_AT_HOME} AS at_home FROM revisions r WHERE r.object IS NOT NULL GROUP BY r.tenant, r.object) r
  FULL JOIN objects o ON o.tenant = r.tenant AND o.name = r.object
  ORDER BY coalesce(o.name, r.object) COLLATE "C"`;

/** Tenant and namespace are in the name, so that revisions are found by the range of their namespace. */
const NAMED = sql`(SELECT t COLLATE "C" AS tenant, n COLLATE "C" AS namespace, o COLLATE "C" AS name
  FROM unnest(${given("tenants", "text[]")}, ${given("namespaces", "text[]")}, ${given("names", "text[]")}) AS u(t, n, o))`;

const NAMING = sql`${NAMED} i JOIN ${revisions} r ON r.tenant = i.tenant AND r.namespace = i.namespace AND r.object = i.name`;

const ITS_BYTES = sql`SELECT r.tenant, r.object, sum(r.object_length) AS bytes,
  max(r.object_offset + r.object_length) AS bytes_min FROM ${NAMING} GROUP BY r.tenant, r.object`;

export const FACTS = statement(
  "facts of objects",
  sql`SELECT i.name, o.live_bytes, o.dead_since IS NOT NULL, r.bytes, r.bytes_min, true FROM ${NAMED} i
  LEFT JOIN ${objects} o ON o.tenant = i.tenant AND o.name = i.name
  LEFT JOIN (${ITS_BYTES}) r ON r.tenant = i.tenant AND r.object = i.name`,
);

export const NAMING_REVISIONS = statement(
  "revisions that name objects",
  sql`SELECT r.tenant, r.namespace, r.key, r.revision, r.etag, r.object, r.object_offset, r.object_length,
    coalesce(e.etag = r.etag, false), r.updated_by, r.door, r.updated_at
  FROM ${NAMING} LEFT JOIN ${rowOf(entries, samePlace("x", "r"))} e ON true
  ORDER BY r.tenant, r.namespace, r.key, r.revision`,
);

const AFTER = sql`(${sql.placeholder("tenant")}, ${sql.placeholder("namespace")}, ${sql.placeholder("key")}`;

export const ENTRIES = statement(
  "walk over entries",
  sql`WITH page AS MATERIALIZED (SELECT * FROM ${entries} e WHERE (e.tenant, e.namespace, e.key) > ${AFTER})
  ORDER BY e.tenant, e.namespace, e.key LIMIT ${LIMIT})
  SELECT p.tenant, p.namespace, p.key, p.revision, p.updated_by, p.updated_at, CASE
    WHEN r.etag IS NULL THEN 'no revision'
    WHEN (r.etag, r.object, r.object_offset, r.object_length, r.gone)
      IS DISTINCT FROM (p.etag, p.object, p.object_offset, p.object_length, p.gone) THEN 'differs from its revision' END
  FROM page p LEFT JOIN ${rowOf(revisions, sql`${samePlace("x", "p")} AND x.revision = p.revision`)} r ON true
  ORDER BY p.tenant, p.namespace, p.key`,
);

export const REVISIONS = statement(
  "walk over revisions",
  sql`WITH page AS MATERIALIZED (SELECT * FROM ${revisions} r
  WHERE (r.tenant, r.namespace, r.key, r.revision) > ${AFTER}, ${given("revision", "bigint")})
  ORDER BY r.tenant, r.namespace, r.key, r.revision LIMIT ${LIMIT})
  SELECT p.tenant, p.namespace, p.key, p.revision, p.updated_by, p.updated_at, CASE
    WHEN e.etag IS NULL THEN 'no entry' WHEN e.revision < p.revision THEN 'newer than its entry' END,
    p.object, p.object_offset, p.object_length, encode(p.digest, 'hex'), p.digest_key
  FROM page p LEFT JOIN ${rowOf(entries, samePlace("x", "p"))} e ON true
  ORDER BY p.tenant, p.namespace, p.key, p.revision`,
);

/** Of each tenant's newest changes the last one of every key: that is how the entry must be. */
export const CHANGES = statement(
  "newest changes beside their entries",
  sql`WITH newest AS MATERIALIZED (SELECT c.* FROM ${tenantsOf(changes)} t,
  LATERAL (SELECT * FROM ${changes} x WHERE x.tenant = t.tenant ORDER BY x.id DESC LIMIT ${LIMIT}) c),
last AS MATERIALIZED (SELECT DISTINCT ON (c.tenant, c.namespace, c.key) c.* FROM newest c
  ORDER BY c.tenant, c.namespace, c.key, c.id DESC)
SELECT l.tenant, l.namespace, l.key, l.revision, l.by, l.at, CASE
  WHEN (l.op = 'put' AND e.etag IS DISTINCT FROM l.etag) OR (l.op <> 'put' AND e.etag IS NOT NULL AND e.gone IS NULL)
  THEN 'not the last change' END
FROM last l LEFT JOIN ${rowOf(entries, samePlace("x", "l"))} e ON true`,
);

/** The log as the statement's snapshot shows it, and the sequence as it is now: it can only be further. */
export const CHANGES_AHEAD = statement(
  "is the log ahead of its sequence",
  sql`SELECT coalesce(max(c.id), 0) > (SELECT last_value FROM changes_id) FROM ${tenantsOf(changes)} t,
  LATERAL (SELECT x.id FROM ${changes} x WHERE x.tenant = t.tenant ORDER BY x.id DESC LIMIT 1) c`,
);

export const ADVANCE_CHANGES = statement(
  "advance the log's sequence",
  sql`SELECT setval('changes_id', greatest((SELECT last_value FROM changes_id), (SELECT max(c.id) FROM ${tenantsOf(changes)} t,
  LATERAL (SELECT x.id FROM ${changes} x WHERE x.tenant = t.tenant ORDER BY x.id DESC LIMIT 1) c)))`,
);

export const LONG_LEASES = statement(
  "long leases",
  sql`SELECT name, until FROM ${leases} WHERE until > clock_timestamp() + ${given("ms", "float8")} * interval '1 millisecond'
  ORDER BY name`,
);

export const END_LEASE = statement("end a lease", sql`DELETE FROM ${leases} WHERE name = ${sql.placeholder("name")}`);

/** As every writer locks them. Whoever is in the middle of a write is waited for, and who comes later adds to our count. */
export const LOCK_OBJECTS = statement(
  "lock objects",
  sql`SELECT 1 FROM (SELECT * FROM ${NAMED} n ORDER BY n.tenant, n.name) i,
  LATERAL (SELECT 1 FROM ${objects} o WHERE o.tenant = i.tenant AND o.name = i.name FOR UPDATE) o`,
);

/** Behind these locks. */
export const RECOUNT = statement(
  "count live bytes anew",
  sql`INSERT INTO ${objects} AS o (tenant, name, live_bytes, dead_since, created_at)
  SELECT i.tenant, i.name, coalesce(r.bytes, 0), CASE WHEN r.bytes IS NULL THEN clock_timestamp() END, clock_timestamp()
  FROM ${NAMED} i LEFT JOIN (${ITS_BYTES}) r ON r.tenant = i.tenant AND r.object = i.name
  LEFT JOIN ${objects} p ON p.tenant = i.tenant AND p.name = i.name
  WHERE r.bytes IS NOT NULL OR p.name IS NOT NULL ORDER BY i.tenant, i.name
  ON CONFLICT (tenant, name) DO UPDATE SET live_bytes = excluded.live_bytes,
    dead_since = CASE WHEN excluded.live_bytes = 0 THEN coalesce(o.dead_since, excluded.dead_since) END`,
);

/** Those that are current now stay. */
export const DROP_REVISIONS = statement(
  "drop revisions",
  sql`WITH input AS (SELECT t COLLATE "C" AS tenant, n COLLATE "C" AS namespace, k COLLATE "C" AS key, v AS revision, g AS etag
  FROM unnest(${given("tenants", "text[]")}, ${given("namespaces", "text[]")}, ${given("keys", "text[]")},
    ${given("revisions", "bigint[]")}, ${given("etags", "uuid[]")}) AS u(t, n, k, v, g)),
pruned AS (DELETE FROM ${revisions} r USING input i WHERE ${samePlace("r", "i")} AND r.revision = i.revision AND r.etag = i.etag
  AND NOT EXISTS (SELECT 1 FROM ${entries} e WHERE ${samePlace("e", "i")} AND e.etag = i.etag)
  RETURNING r.tenant, r.object, r.object_length),
objects_counted AS (${objectsCounted(PRUNED_BYTES)})
SELECT (SELECT count(*) FROM pruned)`,
);
