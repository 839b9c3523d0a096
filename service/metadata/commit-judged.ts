import { type SQL, sql } from "drizzle-orm";
import { UPLOAD_HOURS_MAX } from "../../api/limits.ts";
import { rowOf } from "./statement.ts";
import { entries } from "./tables/entries.ts";
import { revisions } from "./tables/revisions.ts";

/*
 * The letters in all that follows: i the write, what the statement's snapshot shows of its namespace and its object, and
 * when it was locked; e the entry as the snapshot shows it, r the revision that an earlier write with the same
 * idempotency key made.
 */

/** Whether the row is no tombstone, whether it has not expired either, and whether the write ends it. */
const IS_THERE = sql.raw("(e.etag IS NOT NULL AND e.gone IS NULL)");
const IS_LIVE = sql.raw("f.is_live");
const ENDS = sql.raw("f.ends");

const SAME_BYTES = sql.raw(`(r.brought_value = (i.type IS NOT NULL)
  AND (i.type IS NULL OR r.digest_key <> i.digest_key OR r.digest = i.digest))`);

/**
 * Bytes that a revision keeps alive are not the sweep's, however old: a restore names such. An object that has died is
 * never named again, so that it can be deleted at any time; and once its row is gone too, it is too old to be new.
 */
const TOO_LATE = sql`coalesce(i.is_object_dead,
  i.uploaded_at < i.at - ${sql.raw(`interval '${UPLOAD_HOURS_MAX} hours'`)})`;

/**
 * The order matters. First, in `overtaken`, whether the snapshot still is the truth: the lock may have waited for a writer
 * that the snapshot does not show, and then nothing about the key may be decided. Then what was answered before.
 */
const verdict = (overtaken: SQL): SQL => sql`CASE ${overtaken}
  WHEN r.action = i.action AND ${SAME_BYTES} THEN 'repeated'
  WHEN r.etag IS NOT NULL THEN 'reused'
  WHEN NOT i.is_held THEN 'pruned'
  WHEN ${TOO_LATE} THEN 'late'
  WHEN i.action = 'expire' AND NOT (${IS_THERE} AND NOT ${IS_LIVE}) THEN 'absent'
  WHEN i.action IN ('patch', 'delete') AND NOT ${IS_LIVE} THEN 'absent'
  WHEN i.only_kind = 'absent' AND ${IS_LIVE} THEN 'exists'
  WHEN i.only_kind IN ('present', 'etag') AND i.action <> 'expire' AND NOT ${IS_LIVE} THEN 'stale'
  WHEN i.only_kind = 'etag' AND e.etag::text IS DISTINCT FROM i.only_etag THEN 'stale'
  WHEN i.lifetime_until <= i.at THEN 'past'
  ELSE 'write' END`;

/** What an entry that is not live had is never kept; what ends keeps all for its tombstone. */
const KEEPS = sql`(${IS_LIVE} OR ${ENDS})`;

const TTL = sql`CASE
  WHEN ${ENDS} OR i.lifetime = 'keep' AND ${IS_LIVE} THEN e.ttl
  WHEN i.lifetime IN ('for', 'until') THEN i.lifetime_ttl END`;

/** Apart from a TTL that was named: whoever named none is told of none, and a restore takes the default of its day. */
const DEFAULT_TTL = sql`CASE
  WHEN ${ENDS} OR i.lifetime = 'keep' AND ${IS_LIVE} THEN e.default_ttl
  WHEN i.lifetime IN ('default', 'keep') THEN i.namespace_ttl END`;

const EXPIRES_AT = sql`CASE
  WHEN ${ENDS} THEN e.expires_at
  WHEN i.lifetime = 'until' THEN i.lifetime_until
  WHEN i.lifetime = 'keep' AND ${IS_LIVE} AND (i.type IS NULL OR coalesce(e.ttl, e.default_ttl) IS NULL) THEN e.expires_at
  ELSE i.at + coalesce(l.ttl, l.default_ttl)::interval END`;

const slice = (column: "object" | "object_offset" | "object_length"): SQL =>
  sql.raw(`CASE WHEN f.ends THEN NULL WHEN i.type IS NULL THEN e.${column} ELSE i.${column} END`);

/** The state that the write would make, in the columns of `state()`. */
const NEXT: Readonly<Record<string, SQL>> = {
  revision: sql`coalesce(e.revision, 0) + 1`,
  etag: sql`i.etag`,
  gone: sql`CASE WHEN ${ENDS} THEN i.action END`,
  type: sql`coalesce(i.type, e.type)`,
  object: slice("object"),
  object_offset: slice("object_offset"),
  object_length: slice("object_length"),
  size: sql`coalesce(i.size, e.size)`,
  digest: sql`coalesce(i.digest, e.digest)`,
  digest_key: sql`coalesce(i.digest_key, e.digest_key)`,
  description: sql`CASE WHEN NOT i.keeps_description THEN i.description WHEN ${KEEPS} THEN e.description END`,
  labels: sql`coalesce(i.labels, CASE WHEN ${KEEPS} THEN e.labels END, '{}')`,
  secret: sql`coalesce(i.secret, CASE WHEN ${KEEPS} THEN e.secret END, false)`,
  ttl: sql`l.ttl`,
  default_ttl: sql`l.default_ttl`,
  expires_at: EXPIRES_AT,
  created_at: sql`CASE WHEN ${KEEPS} THEN e.created_at ELSE i.at END`,
  created_by: sql`CASE WHEN ${KEEPS} THEN e.created_by ELSE i.by END`,
  updated_at: sql`i.at`,
  updated_by: sql`i.by`,
  door: sql`i.door`,
};

const AT = sql.raw("x.tenant = i.tenant AND x.namespace = i.namespace AND x.key = i.key");

const next = sql.join(
  Object.entries(NEXT).map(([name, value]) => sql`${value} AS ${sql.identifier(name)}`),
  sql.raw(",\n  "),
);

/** Each write with its verdict, the state that it would make, and where the row is that it would change. Changes nothing. */
export const judged = (
  overtaken: SQL,
): SQL => sql`SELECT i.ord, i.tenant, i.namespace, i.key, i.action, i.idempotency_key,
  i.type IS NOT NULL AS brought_value, NOT ${KEEPS} AS created, ${IS_LIVE} AS was_live, r.revision AS earlier,
  i.is_namespace_new, i.revisions_kept, e.row_at,
  ${verdict(overtaken)} AS verdict,
  ${next}
FROM timed i
LEFT JOIN LATERAL (SELECT x.*, x.ctid AS row_at FROM ${entries} x WHERE ${AT} LIMIT 1) e ON true
LEFT JOIN ${rowOf(revisions, sql`${AT} AND x.idempotency_key = i.idempotency_key`)} r ON true
CROSS JOIN LATERAL (SELECT i.action IN ('delete', 'expire') AS ends,
  ${IS_THERE} AND (e.expires_at IS NULL OR e.expires_at > i.at) AS is_live) f
CROSS JOIN LATERAL (SELECT ${TTL} AS ttl, ${DEFAULT_TTL} AS default_ttl) l`;
