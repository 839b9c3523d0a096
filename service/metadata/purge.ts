import { sql } from "drizzle-orm";
import type { ObjectName } from "../domain/object.ts";
import type { Purge, PurgeQuery } from "../domain/purge-store.ts";
import { ask } from "./ask.ts";
import { objectsCounted, PRUNED_BYTES, samePlace, unchanged } from "./by-place.ts";
import { upperBound } from "./code-points.ts";
import type { Database } from "./database.ts";
import { inTurn } from "./in-turn.ts";
import { instantToDatabase } from "./instant.ts";
import { bare, commaSeparated, type Parameters, statement } from "./statement.ts";
import { changes } from "./tables/changes.ts";
import { entries } from "./tables/entries.ts";
import { revisions } from "./tables/revisions.ts";

const HAS_ENDED = sql.raw("(e.gone IS NULL AND e.expires_at <= statement_timestamp())");

/** In all of it `null` says nothing. The last key of a page is returned whether it was destroyed or not. */
const PAGE = sql`SELECT e.tenant, e.namespace, e.key, e.etag, e.revision, e.gone,
    coalesce(e.expires_at <= statement_timestamp(), false) AS has_ended
  FROM ${entries} e
  WHERE e.tenant = ${sql.placeholder("tenant")} AND e.namespace = ${sql.placeholder("namespace")}
    AND e.key > ${sql.placeholder("after")} AND e.key >= ${sql.placeholder("from")} AND e.key < ${sql.placeholder("below")}
    AND (NOT ${sql.placeholder("expired_only")}::boolean OR ${HAS_ENDED} OR e.gone = 'expire')
    AND (${sql.placeholder("created_before")}::timestamptz IS NULL
      OR e.created_at < ${sql.placeholder("created_before")}::timestamptz)
    AND (${sql.placeholder("updated_before")}::timestamptz IS NULL
      OR e.updated_at < ${sql.placeholder("updated_before")}::timestamptz)
  ORDER BY e.key LIMIT ${sql.placeholder("limit")}::bigint`;

const LAST = sql.raw("(SELECT key FROM page ORDER BY key DESC LIMIT 1)");

const COUNT = statement(
  "count what a purge would destroy",
  sql`WITH page AS MATERIALIZED (${PAGE})
  SELECT (SELECT count(*) FROM page), (SELECT count(*) FROM page),
    (SELECT count(*) FROM page p JOIN ${revisions} r ON ${samePlace("r", "p")}), '[]', ${LAST}`,
);

/** Who watches learns of the end of a live key; a tombstone has been told of. The ETag is of a revision that nobody keeps. */
const CHANGES_LOGGED = sql`INSERT INTO ${changes}
  (${commaSeparated([changes.tenant, changes.namespace, changes.key, changes.revision, changes.etag, changes.op, changes.by, changes.door, changes.at].map(bare))})
  SELECT l.tenant, l.namespace, l.key, l.revision + 1, gen_random_uuid(),
    CASE WHEN l.has_ended THEN 'expire' ELSE 'delete' END,
    ${sql.placeholder("by")}::text, ${sql.placeholder("door")}::text, clock_timestamp()
  FROM locked l WHERE l.gone IS NULL ORDER BY l.key`;

const PURGE = statement(
  "purge",
  sql`WITH page AS MATERIALIZED (${PAGE}),
locked AS MATERIALIZED (${unchanged("page", "wait")}),
pruned AS (DELETE FROM ${revisions} r USING locked l WHERE ${samePlace("r", "l")}
  RETURNING r.tenant, r.object, r.object_length),
destroyed AS (DELETE FROM ${entries} e USING locked l WHERE ${samePlace("e", "l")} RETURNING 1),
changes_logged AS (${CHANGES_LOGGED}),
objects_counted AS (${objectsCounted(PRUNED_BYTES)})
SELECT (SELECT count(*) FROM page), (SELECT count(*) FROM destroyed), (SELECT count(*) FROM pruned),
  (SELECT coalesce(json_agg(o.name), '[]')::text FROM objects_counted o WHERE o.live_bytes = 0), ${LAST}`,
);

/** Greater than every key: no code point is greater, and no key has so many. */
const ABOVE_ALL = "\u{10ffff}".repeat(300);

export function createPurge(database: Database): Purge["purge"] {
  const turn = inTurn(1);
  return (query, after, limit) =>
    turn(async () => {
      const [row] = await ask(database, query.dryRun ? COUNT : PURGE, parametersOf(query, after, limit));
      const [seen, keys, gone] = (row ?? []).slice(0, 3).map(Number);
      return {
        keys: keys ?? 0,
        revisions: gone ?? 0,
        overtaken: (seen ?? 0) - (keys ?? 0),
        dead: JSON.parse(row?.[3] ?? "[]") as readonly ObjectName[],
        next: seen === limit ? (row?.[4] ?? undefined) : undefined,
      };
    });
}

function parametersOf(query: PurgeQuery, after: string, limit: number): Parameters {
  const { tenant, namespace, prefix = "", createdBefore, updatedBefore, by, door } = query;
  const instant = (text: string | undefined, field: string) =>
    text === undefined ? null : instantToDatabase(text, field);
  return {
    tenant,
    namespace,
    after,
    from: prefix,
    below: upperBound(prefix) ?? ABOVE_ALL,
    expired_only: `${query.expiredOnly}`,
    created_before: instant(createdBefore, "createdBefore"),
    updated_before: instant(updatedBefore, "updatedBefore"),
    limit: `${limit}`,
    ...(query.dryRun ? {} : { by, door }),
  };
}
