import { sql } from "drizzle-orm";
import { bare, commaSeparated, rowOf, sparing, statement } from "./statement.ts";
import { changeTrims } from "./tables/change-trims.ts";
import { changes } from "./tables/changes.ts";

/**
 * The xid is given away behind the reading of the sequence: CASE evaluates its condition first. None is given away while
 * nothing is new, so that looking costs an idle database nothing.
 */
export const LOOK = sparing(
  statement(
    "look at the change log",
    sql`SELECT l.last,
    CASE WHEN l.last > ${sql.placeholder("above")}::bigint THEN pg_current_xact_id() END,
    pg_snapshot_xmin(pg_current_snapshot())
  FROM (SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS last FROM changes_id OFFSET 0) l`,
  ),
);

export const SHOWN = [
  changes.id,
  changes.namespace,
  changes.key,
  changes.op,
  changes.revision,
  changes.etag,
  changes.by,
  changes.door,
  changes.at,
] as const;

const TENANT = sql`${sql.placeholder("tenant")}::text COLLATE "C"`;
const NAMESPACE = sql`${sql.placeholder("namespace")}::text`;

const TRIMMED = sql`coalesce((SELECT upto FROM ${rowOf(changeTrims, sql`x.tenant = ${TENANT}`)} t), 0)`;

/** The page is what is looked at, whatever of it is shown: so a scope in which nothing happens costs no more than another. */
export const PAGE = sparing(
  statement(
    "changes",
    sql`WITH page AS MATERIALIZED (SELECT c.* FROM ${changes} c
    WHERE c.tenant = ${TENANT} AND c.id > ${sql.placeholder("after")}::bigint
      AND c.id <= ${sql.placeholder("through")}::bigint
    ORDER BY c.id LIMIT ${sql.placeholder("looked_at")}::bigint),
  shown AS (SELECT * FROM page p
    WHERE (${NAMESPACE} IS NULL OR p.namespace = ${NAMESPACE}
      OR (${sql.placeholder("children")}::boolean AND starts_with(p.namespace, ${NAMESPACE} || '.')))
      AND starts_with(p.key, ${sql.placeholder("prefix")}::text)
    ORDER BY p.id LIMIT ${sql.placeholder("limit")}::bigint)
  SELECT ${TRIMMED}, (SELECT count(*) FROM page), (SELECT max(id) FROM page),
    ${commaSeparated(SHOWN.map((column) => sql`s.${bare(column)}`))}
  FROM (SELECT 1) one LEFT JOIN shown s ON true ORDER BY s.id`,
  ),
);

/** The last change up to a place that is settled; none of them, when all were trimmed. */
export const ENDS = sparing(
  statement(
    "ends of the change log",
    sql`SELECT ${TRIMMED}, (SELECT c.id FROM ${changes} c
    WHERE c.tenant = ${TENANT} AND c.id <= ${sql.placeholder("through")}::bigint ORDER BY c.id DESC LIMIT 1)`,
  ),
);
