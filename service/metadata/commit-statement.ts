import { type SQL, sql } from "drizzle-orm";
import { from, namesOf, objectsCounted, PRUNED_BYTES, samePlace, stateColumns } from "./by-place.ts";
import { ALONE, AMONG_OTHERS, type Footing } from "./commit-footing.ts";
import { KINDS } from "./commit-input.ts";
import { judged } from "./commit-judged.ts";
import type { Database } from "./database.ts";
import { shownOf } from "./entry-row.ts";
import { bare, columnsOf, commaSeparated, rowOf, statement } from "./statement.ts";
import { changes } from "./tables/changes.ts";
import { entries } from "./tables/entries.ts";
import { namespaces } from "./tables/namespaces.ts";
import { revisions } from "./tables/revisions.ts";

/** `may` says of the whole batch whether its writes may be made. */
const namespacesMade = (may: SQL): SQL => sql`INSERT INTO ${namespaces}
  (${commaSeparated([namespaces.tenant, namespaces.name, namespaces.createdAt, namespaces.createdBy, namespaces.updatedAt, namespaces.updatedBy].map(bare))})
  SELECT DISTINCT ON (j.tenant, j.namespace) j.tenant, j.namespace, j.updated_at, j.updated_by, j.updated_at, j.updated_by
  FROM judged j WHERE j.verdict = 'write' AND j.is_namespace_new AND ${may}
  ORDER BY j.tenant, j.namespace, j.ord
  ON CONFLICT DO NOTHING RETURNING 1`;

/**
 * Found by where the row is, which the snapshot and the lock agree on: so no index is searched again. A place is one of a
 * table, or of a partition of it; the tenant is compared so that no plan can begin with it.
 */
const updated = (may: SQL): SQL => sql`UPDATE ${entries} e SET
  ${commaSeparated(stateColumns.map((column) => sql`${bare(column)} = j.${bare(column)}`))}
  FROM judged j WHERE e.ctid = j.row_at AND (e.tenant = j.tenant) IS TRUE AND j.verdict = 'write' AND ${may}
  RETURNING e.etag`;

/**
 * A new key has no row to lock: if another writer made one since the snapshot, nothing is written. Namespaces come first,
 * so that two statements never wait for each other crosswise.
 */
const inserted = (may: SQL): SQL => sql`INSERT INTO ${entries} (${commaSeparated(columnsOf(entries).map(bare))})
  SELECT ${from("j", namesOf(columnsOf(entries)))} FROM judged j
  WHERE j.verdict = 'write' AND j.row_at IS NULL AND ${may} AND (SELECT count(*) FROM namespaces_made) >= 0
  ORDER BY j.tenant, j.namespace, j.key
  ON CONFLICT DO NOTHING RETURNING etag`;

const revisionColumns = columnsOf(revisions);

const REVISIONS_ADDED = sql`INSERT INTO ${revisions} (${commaSeparated(revisionColumns.map(bare))})
  SELECT ${from("w", namesOf(revisionColumns))} FROM written w`;

/** The id is taken from the sequence here: after `written`, and so after the lock; in the order of the batch. */
const CHANGES_LOGGED = sql`INSERT INTO ${changes}
  (${commaSeparated([changes.tenant, changes.namespace, changes.key, changes.revision, changes.etag, changes.op, changes.by, changes.door, changes.at].map(bare))})
  SELECT w.tenant, w.namespace, w.key, w.revision, w.etag, coalesce(w.gone, 'put'), w.updated_by, w.door, w.updated_at
  FROM written w ORDER BY w.ord`;

/** A step of its own, so that the revisions are found by the range of their key's numbers and not read one by one. */
const SUPERSEDED = sql`SELECT w.tenant, w.namespace, w.key, w.revision - w.revisions_kept AS through
  FROM written w WHERE w.revision > w.revisions_kept`;

const PRUNED = sql`DELETE FROM ${revisions} r USING superseded s
  WHERE ${samePlace("r", "s")} AND r.revision <= s.through
  RETURNING r.tenant, r.object, r.object_length`;

const OBJECTS_COUNTED = objectsCounted(sql`
    SELECT w.tenant, w.object, w.object_length AS bytes FROM written w WHERE w.object IS NOT NULL
    UNION ALL${PRUNED_BYTES}`);

/** Writes that raced have no row here: they start over with a new snapshot. */
const ANSWERS = sql`SELECT w.ord, 'written', w.created, ${shownOf("w")}
  FROM written w
  UNION ALL
  SELECT j.ord, j.verdict, r.created, ${shownOf("r")}
  FROM judged j JOIN ${rowOf(revisions, sql`${samePlace("x", "j")} AND x.revision = j.earlier`)} r ON true
  WHERE j.verdict = 'repeated'
  UNION ALL
  SELECT j.ord, j.verdict, NULL, ${shownOf("e")}
  FROM judged j LEFT JOIN ${rowOf(entries, samePlace("x", "j"))} e ON j.was_live
  WHERE j.verdict NOT IN ('write', 'raced', 'repeated')`;

/** The whole statement. All parts see one snapshot; what must come after what is tied by reading its rows. */
const committing = (footing: Footing, may: SQL, answers: SQL): SQL => sql`WITH kinds AS MATERIALIZED (${KINDS}),
${footing.timed},
judged AS MATERIALIZED (${judged(footing.overtaken)}),
namespaces_made AS (${namespacesMade(may)}),
updated AS (${updated(may)}),
inserted AS (${inserted(may)}),
written AS ${footing.written(may)},
revisions_added AS (${REVISIONS_ADDED}),
changes_logged AS (${CHANGES_LOGGED}),
superseded AS MATERIALIZED (${SUPERSEDED}),
pruned AS (${PRUNED}),
objects_counted AS (${OBJECTS_COUNTED})
${answers}`;

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

const statementsOn = (footing: Footing) => ({
  /**
   * Everything about a batch of writes in one round trip and one fsync: each row with its own precondition and its
   * own answer.
   */
  each: statement("commit", committing(footing, sql.raw("true"), ANSWERS)),
  /** The same with all of the writes made or none. */
  all: statement(
    "commit_all",
    committing(
      footing,
      NONE_REFUSED,
      sql`SELECT * FROM (${ANSWERS} UNION ALL ${HELD_BACK}) answers WHERE ${ALL_WERE_WRITTEN}`,
    ),
  ),
});

const [among, alone] = [statementsOn(AMONG_OTHERS), statementsOn(ALONE)];

/** How writes are committed in this database. */
export const commitIn = (database: Pick<Database, "alone">) => (database.alone ? alone : among);
