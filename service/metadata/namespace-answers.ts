import { type SQL, sql } from "drizzle-orm";
import { IDEMPOTENCY_DAYS } from "../../api/limits.ts";
import { namespaceColumnsOf } from "./namespace-row.ts";
import { bare, columnsOf, commaSeparated, given, statement } from "./statement.ts";
import { namespaceAnswers } from "./tables/namespace-answers.ts";
import { namespaces } from "./tables/namespaces.ts";

export const HAS_KEY = sql`${given("idempotency_key", "text")} IS NOT NULL`;

const THIS_KEY = sql`r.tenant = ${given("tenant", "text")} AND r.name = ${given("name", "text")}
  AND r.idempotency_key = ${given("idempotency_key", "text")}`;

const ANSWERED = (from: string): SQL => sql`SELECT
  CASE WHEN r.request = ${given("request", "text")} THEN 'repeated' ELSE 'reused' END, ${namespaceColumnsOf("r")}
  FROM ${sql.raw(from)} r`;

/** What a request with this key was answered. */
export const FIND_ANSWER = statement("find answer", sql`${ANSWERED("namespace_answers")} WHERE ${THIS_KEY}`);

/** The answer to a change that was made before. A change is made only where there is none. */
export const EARLIER = sql`SELECT r.* FROM ${namespaceAnswers} r WHERE ${THIS_KEY}`;

/** Keeps the rows of `changed` as the answer; one that another request has kept meanwhile stays. */
export const answerKept = (changed: string): SQL => sql`INSERT INTO ${namespaceAnswers}
  (${commaSeparated(columnsOf(namespaceAnswers).map(bare))})
  SELECT ${commaSeparated(columnsOf(namespaces).map((column) => sql`${sql.raw(changed)}.${bare(column)}`))},
    ${given("idempotency_key", "text")}, ${given("request", "text")}, clock_timestamp()
  FROM ${sql.raw(changed)} WHERE ${HAS_KEY} ON CONFLICT DO NOTHING RETURNING 1`;

/** Old answers of this tenant. Whoever changes something tidies up; rows that another does it with are left to that one. */
const FORGOTTEN = sql`DELETE FROM ${namespaceAnswers} r USING (
    SELECT o.tenant, o.name, o.idempotency_key FROM ${namespaceAnswers} o WHERE o.tenant = ${given("tenant", "text")}
    AND o.answered_at < statement_timestamp() - ${sql.raw(`interval '${IDEMPOTENCY_DAYS} days'`)}
    ORDER BY o.answered_at LIMIT 100 FOR UPDATE SKIP LOCKED
  ) o WHERE r.tenant = o.tenant AND r.name = o.name AND r.idempotency_key = o.idempotency_key`;

/**
 * A change with its answer kept, or the answer to an earlier one; no row when the change's condition is not met. When
 * a request with the same key was faster since the snapshot, the division fails and undoes the change: the next try
 * finds the answer. The division does not look at the row, so it may be made before it is known that there is none.
 * `change` returns the whole row and does nothing where `earlier` has one.
 */
export const once = (change: SQL): SQL => sql`WITH earlier AS MATERIALIZED (${EARLIER}),
changed AS (${change}),
kept AS (${answerKept("changed")}),
forgotten AS (${FORGOTTEN})
SELECT 'written', ${namespaceColumnsOf("c")} FROM changed c
WHERE 1 / CASE WHEN NOT ${HAS_KEY} OR NOT EXISTS (SELECT FROM changed) OR EXISTS (SELECT FROM kept) THEN 1 ELSE 0 END = 1
UNION ALL ${ANSWERED("earlier")}`;

export const NOT_EARLIER = sql.raw("NOT EXISTS (SELECT FROM earlier)");
