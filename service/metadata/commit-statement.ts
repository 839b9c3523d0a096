import { type SQL, sql } from "drizzle-orm";
import {
  from,
  inOrderOfKeys,
  namesOf,
  objectsCounted,
  PRUNED_BYTES,
  placeColumns,
  samePlace,
  stateColumns,
} from "./by-place.ts";
import { INPUT, PLACES } from "./commit-input.ts";
import { JUDGED } from "./commit-judged.ts";
import { shownOf } from "./entry-row.ts";
import { bare, columnsOf, commaSeparated, rowOf, statement } from "./statement.ts";
import { changes } from "./tables/changes.ts";
import { entries } from "./tables/entries.ts";
import { namespaces } from "./tables/namespaces.ts";
import { revisions } from "./tables/revisions.ts";

/** The newest version of each row, whatever the snapshot says. Every change of a key goes through this lock. */
const LOCKED = sql`SELECT i.ord, e.etag FROM (${inOrderOfKeys("input")}) i,
  LATERAL (SELECT e.etag FROM ${entries} e WHERE ${samePlace("e", "i")} FOR UPDATE) e`;

/**
 * The revisions to restore, behind the key's lock and locked themselves: the row as it is now, whatever the snapshot
 * shows. A revision keeps its object alive, so one that is here names no dead bytes.
 */
const HELD = sql`SELECT i.ord FROM locked l JOIN input i ON i.ord = l.ord AND i.restores_revision IS NOT NULL,
  LATERAL (SELECT 1 FROM ${revisions} r WHERE ${samePlace("r", "i")}
    AND r.revision = i.restores_revision AND r.etag = i.restores_etag FOR SHARE) r`;

/** One time for each write, taken when its row is locked; a step of its own, or each use would read the clock anew. */
const TIMED = sql`SELECT i.*, l.etag AS locked_etag, clock_timestamp() AS at,
    i.restores_revision IS NULL OR h.ord IS NOT NULL AS is_held
  FROM input i LEFT JOIN locked l ON l.ord = i.ord LEFT JOIN held h ON h.ord = i.ord`;

/** `may` says of the whole batch whether its writes may be made. */
const namespacesMade = (may: SQL): SQL => sql`INSERT INTO ${namespaces}
  (${commaSeparated([namespaces.tenant, namespaces.name, namespaces.createdAt, namespaces.createdBy, namespaces.updatedAt, namespaces.updatedBy].map(bare))})
  SELECT DISTINCT ON (j.tenant, j.namespace) j.tenant, j.namespace, j.updated_at, j.updated_by, j.updated_at, j.updated_by
  FROM judged j WHERE j.verdict = 'write' AND j.is_namespace_new AND ${may}
  ORDER BY j.tenant, j.namespace, j.ord
  ON CONFLICT DO NOTHING RETURNING 1`;

/**
 * A new key has no row to lock: if another writer made one since the snapshot, its revision is not the one before
 * ours, and nothing is written. Namespaces come first, so that two statements never wait for each other crosswise.
 */
const written = (may: SQL): SQL => sql`INSERT INTO ${entries} (${commaSeparated(columnsOf(entries).map(bare))})
  SELECT ${from("j", namesOf(columnsOf(entries)))} FROM judged j
  WHERE j.verdict = 'write' AND ${may} AND (SELECT count(*) FROM namespaces_made) >= 0
  ORDER BY j.tenant, j.namespace, j.key
  ON CONFLICT (${commaSeparated(placeColumns.map((name) => sql.identifier(name)))}) DO UPDATE SET
  ${commaSeparated(stateColumns.map((column) => sql`${bare(column)} = excluded.${bare(column)}`))}
  WHERE ${entries.revision} = excluded.revision - 1
  RETURNING *`;

const revisionColumns = columnsOf(revisions);
const ofEntry = new Set(namesOf(columnsOf(entries)));

/** Every write has an ETag that no other has: shorter to compare than its place. */
const SAME_WRITE = sql.raw("j.etag = w.etag");

const REVISIONS_ADDED = sql`INSERT INTO ${revisions} (${commaSeparated(revisionColumns.map(bare))})
  SELECT ${commaSeparated(revisionColumns.map((column) => sql`${sql.raw(ofEntry.has(column.name) ? "w" : "j")}.${bare(column)}`))}
  FROM written w JOIN judged j ON ${SAME_WRITE}`;

/** The id is taken from the sequence here: after `written`, and so after the lock. */
const CHANGES_LOGGED = sql`INSERT INTO ${changes}
  (${commaSeparated([changes.tenant, changes.namespace, changes.key, changes.revision, changes.etag, changes.op, changes.by, changes.door, changes.at].map(bare))})
  SELECT w.tenant, w.namespace, w.key, w.revision, w.etag, coalesce(w.gone, 'put'), w.updated_by, w.door, w.updated_at
  FROM written w`;

/** A step of its own, so that the revisions are found by the range of their key's numbers and not read one by one. */
const SUPERSEDED = sql`SELECT w.tenant, w.namespace, w.key, w.revision - j.revisions_kept AS through
  FROM written w JOIN judged j ON ${SAME_WRITE} WHERE w.revision > j.revisions_kept`;

const PRUNED = sql`DELETE FROM ${revisions} r USING superseded s
  WHERE ${samePlace("r", "s")} AND r.revision <= s.through
  RETURNING r.tenant, r.object, r.object_length`;

const OBJECTS_COUNTED = objectsCounted(sql`
    SELECT w.tenant, w.object, w.object_length AS bytes FROM written w WHERE w.object IS NOT NULL
    UNION ALL${PRUNED_BYTES}`);

/** Writes that raced have no row here: they start over with a new snapshot. */
const ANSWERS = sql`SELECT j.ord, 'written', j.created, ${shownOf("w")}
  FROM written w JOIN judged j ON ${SAME_WRITE}
  UNION ALL
  SELECT j.ord, j.verdict, r.created, ${shownOf("r")}
  FROM judged j JOIN ${rowOf(revisions, sql`${samePlace("x", "j")} AND x.revision = j.earlier`)} r ON true
  WHERE j.verdict = 'repeated'
  UNION ALL
  SELECT j.ord, j.verdict, NULL, ${shownOf("e")}
  FROM judged j LEFT JOIN ${rowOf(entries, samePlace("x", "j"))} e ON j.was_live
  WHERE j.verdict NOT IN ('write', 'raced', 'repeated')`;

/** The whole statement. All parts see one snapshot; what must come after what is tied by reading its rows. */
const committing = (may: SQL, answers: SQL): SQL => sql`WITH input AS MATERIALIZED (${INPUT}),
locked AS MATERIALIZED (${LOCKED}),
held AS MATERIALIZED (${HELD}),
timed AS MATERIALIZED (${TIMED}),
judged AS MATERIALIZED (${JUDGED}),
namespaces_made AS (${namespacesMade(may)}),
written AS (${written(may)}),
revisions_added AS (${REVISIONS_ADDED}),
changes_logged AS (${CHANGES_LOGGED}),
superseded AS MATERIALIZED (${SUPERSEDED}),
pruned AS (${PRUNED}),
objects_counted AS (${OBJECTS_COUNTED})
${answers}`;

/**
 * Everything about a batch of writes in one round trip and one fsync: each row with its own precondition and its
 * own answer.
 */
export const COMMIT = statement("commit", committing(sql.raw("true"), ANSWERS));

/** Whether no write of the batch is refused. To delete what is not there is no refusal: it answers that there was none. */
const NONE_REFUSED = sql.raw(`(SELECT count(*) FROM judged x
  WHERE x.verdict NOT IN ('write', 'repeated') AND NOT (x.verdict = 'absent' AND x.action = 'delete')) = 0`);

/** A write that would be made were it not for the others; and, as above, no row for one that raced. */
const HELD_BACK = sql`SELECT j.ord, 'held', NULL, ${shownOf("e")}
  FROM judged j LEFT JOIN ${rowOf(entries, samePlace("x", "j"))} e ON false
  WHERE j.verdict = 'write' AND NOT ${NONE_REFUSED}`;

/** When another writer made one of the new keys since the snapshot, the division fails and undoes the others. */
const ALL_WERE_WRITTEN = sql`1 / CASE WHEN (SELECT count(*) FROM written) =
  (SELECT count(*) FROM judged j WHERE j.verdict = 'write' AND ${NONE_REFUSED}) THEN 1 ELSE 0 END = 1`;

/** The same with all of the writes made or none. */
export const COMMIT_ALL = statement(
  "commit_all",
  committing(NONE_REFUSED, sql`SELECT * FROM (${ANSWERS} UNION ALL ${HELD_BACK}) answers WHERE ${ALL_WERE_WRITTEN}`),
);

/** Takes the locks and nothing else, so that the statement after it has a snapshot no writer can outrun. */
export const LOCK = statement(
  "lock",
  sql`WITH input AS (${PLACES})
  SELECT 1 FROM (${inOrderOfKeys("input")}) i,
  LATERAL (SELECT 1 FROM ${entries} e WHERE ${samePlace("e", "i")} FOR UPDATE) e`,
);
