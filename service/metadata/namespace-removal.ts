import { type SQL, sql } from "drizzle-orm";
import { objectsCounted } from "./by-place.ts";
import { answerKept, EARLIER, NOT_EARLIER } from "./namespace-answers.ts";
import { bare, commaSeparated, given, rowOf, statement } from "./statement.ts";
import { changes } from "./tables/changes.ts";
import { entries } from "./tables/entries.ts";
import { namespaces } from "./tables/namespaces.ts";
import { revisions } from "./tables/revisions.ts";

/** Keys of one step; each brings its revisions along, and all stay locked until the step is done. */
export const STEP_KEYS = 256;

const THIS_ONE = sql`n.tenant = ${given("tenant", "text")} AND n.name = ${given("name", "text")}`;

const live = (row: string): SQL =>
  sql.raw(`(${row}.gone IS NULL AND (${row}.expires_at IS NULL OR ${row}.expires_at > statement_timestamp()))`);

/**
 * Keeps new keys out until the transaction ends: each asks, by its foreign key, for a share of this lock, and waits.
 * So the statement behind it sees every key that anybody was told is there.
 */
export const LOCK_NAMESPACE = statement(
  "lock namespace",
  sql`SELECT 1 FROM ${namespaces} n WHERE ${THIS_ONE} FOR UPDATE`,
);

const TARGET = sql`SELECT n.tenant, n.name,
    (${given("only_etag", "text")} IS NULL OR n.etag::text = ${given("only_etag", "text")}) AS met,
    CASE WHEN ${given("force", "boolean")} THEN 0 ELSE (SELECT count(*) FROM ${entries} e
      WHERE e.tenant = n.tenant AND e.namespace = n.name AND ${live("e")}) END AS in_the_way
  FROM ${namespaces} n WHERE ${THIS_ONE} AND ${NOT_EARLIER} FOR UPDATE`;

/** In the order of keys, as every statement locks. What is locked is the newest version, not the snapshot's. */
const LOCKED = sql`SELECT e.* FROM target t, LATERAL (
    SELECT e.tenant, e.namespace, e.key, e.etag, e.revision, e.gone, e.expires_at FROM ${entries} e
    WHERE e.tenant = t.tenant AND e.namespace = t.name ORDER BY e.key LIMIT ${given("step_keys", "bigint")} FOR UPDATE
  ) e WHERE t.met AND t.in_the_way = 0`;

/**
 * A key that another writer changed since the snapshot waits for the next step: the snapshot does not show the
 * revision that it made, which would stay behind and keep its object alive for ever. Nor was it counted among those
 * in the way.
 */
const DOOMED = sql`SELECT l.*, ${live("l")} AS is_live FROM locked l
  JOIN ${rowOf(entries, sql`x.tenant = l.tenant AND x.namespace = l.namespace AND x.key = l.key`)} s
  ON s.etag = l.etag`;

const samePlace = (row: string): SQL =>
  sql.raw(`${row}.tenant = d.tenant AND ${row}.namespace = d.namespace AND ${row}.key = d.key`);

const changeColumns = [
  changes.tenant,
  changes.namespace,
  changes.key,
  changes.revision,
  changes.etag,
  changes.op,
  changes.by,
  changes.door,
  changes.at,
];

/** Who watches is told of each key that was there; of one whose time was over, that it expired. */
const LOGGED = sql`INSERT INTO ${changes} (${commaSeparated(changeColumns.map(bare))})
  SELECT d.tenant, d.namespace, d.key, d.revision + 1, gen_random_uuid(),
    CASE WHEN d.is_live THEN 'delete' ELSE 'expire' END, ${given("by", "text")}, ${given("door", "text")},
    clock_timestamp()
  FROM doomed d WHERE d.gone IS NULL ORDER BY d.key`;

/** As the commit counts. */
const OBJECTS_COUNTED = objectsCounted(sql`
  SELECT r.tenant, r.object, -r.object_length AS bytes FROM revisions_removed r WHERE r.object IS NOT NULL`);

/** The foreign key is looked at when all of the statement is done: a key that is left would undo all of it. */
const NAMESPACE_REMOVED = sql`DELETE FROM ${namespaces} n USING target t
  WHERE n.tenant = t.tenant AND n.name = t.name AND t.met AND t.in_the_way = 0
  AND (SELECT count(*) FROM locked) < ${given("step_keys", "bigint")}
  AND (SELECT count(*) FROM locked) = (SELECT count(*) FROM doomed)
  RETURNING n.*`;

/** One step of a deletion. No row: there is no such namespace, or this very request has deleted one of its name before. */
export const REMOVE_STEP = statement(
  "remove step",
  sql`WITH earlier AS MATERIALIZED (${EARLIER}),
target AS MATERIALIZED (${TARGET}),
locked AS MATERIALIZED (${LOCKED}),
doomed AS MATERIALIZED (${DOOMED}),
logged AS (${LOGGED}),
revisions_removed AS (DELETE FROM ${revisions} r USING doomed d WHERE ${samePlace("r")}
  RETURNING r.tenant, r.object, r.object_length),
objects_counted AS (${OBJECTS_COUNTED}),
entries_removed AS (DELETE FROM ${entries} e USING doomed d WHERE ${samePlace("e")} RETURNING 1),
namespace_removed AS (${NAMESPACE_REMOVED}),
answer_kept AS (${answerKept("namespace_removed")})
SELECT t.met, t.in_the_way, (SELECT count(*) FROM entries_removed), (SELECT count(*) FROM namespace_removed)
FROM target t`,
);
