import { type SQL, sql } from "drizzle-orm";
import type { Place } from "../domain/entry.ts";
import type { Action, History, Revision, RevisionsQuery, ScanQuery } from "../domain/history-store.ts";
import { ask } from "./ask.ts";
import { upperBound } from "./code-points.ts";
import type { Database, Row } from "./database.ts";
import { entryOf, shownOf } from "./entry-row.ts";
import { inTurn } from "./in-turn.ts";
import { statement } from "./statement.ts";
import { revisions } from "./tables/revisions.ts";

const OF_KEY = sql`r.tenant = ${sql.placeholder("tenant")} AND r.namespace = ${sql.placeholder("namespace")}
  AND r.key = ${sql.placeholder("key")}`;

const selected = (where: SQL): SQL => sql`SELECT r.action, r.object IS NOT NULL, ${shownOf("r")}
  FROM ${revisions} r WHERE ${OF_KEY} AND ${where}`;

const REVISIONS = statement(
  "revisions",
  sql`${selected(sql`r.revision < ${sql.placeholder("before")}::bigint`)}
  ORDER BY r.revision DESC LIMIT ${sql.placeholder("limit")}::bigint`,
);

const REVISION = statement("revision", selected(sql`r.revision = ${sql.placeholder("revision")}::bigint`));

const ANSWER = statement(
  "revision by idempotency key",
  selected(sql`r.idempotency_key = ${sql.placeholder("idempotency_key")}`),
);

/** The last comparison is of rows, so that the index finds the page's start. */
const SCAN = statement(
  "scan of revisions",
  sql`SELECT r.key, coalesce(r.expires_at <= statement_timestamp(), false), r.action, r.object IS NOT NULL, ${shownOf("r")}
  FROM ${revisions} r
  WHERE r.tenant = ${sql.placeholder("tenant")} AND r.namespace = ${sql.placeholder("namespace")}
    AND r.key >= ${sql.placeholder("from")}
    AND (${sql.placeholder("below")}::text IS NULL OR r.key < ${sql.placeholder("until")})
    AND (r.key, r.revision) > (${sql.placeholder("after_key")}, ${sql.placeholder("after_revision")}::bigint)
  ORDER BY r.key, r.revision LIMIT ${sql.placeholder("limit")}::bigint`,
);

/** Above every revision, and what a bigint still holds. */
const NO_REVISION = "9223372036854775807";

export function createHistory(database: Database): History {
  // As with lists: beyond `parallel` they wait for each other, not finds for them.
  const turn = inTurn(database.parallel);
  const first = async (at: Place, look: () => Promise<readonly Row[]>) => {
    const [row] = await turn(look);
    return row && revisionOf(at, row);
  };
  return {
    async revisions({ at, before, limit }: RevisionsQuery) {
      const parameters = { ...placeOf(at), before: `${before ?? NO_REVISION}`, limit: `${limit}` };
      const rows = await turn(() => ask(database, REVISIONS, parameters));
      return rows.map((row) => revisionOf(at, row));
    },
    revision: (at, revision) => first(at, () => ask(database, REVISION, { ...placeOf(at), revision: `${revision}` })),
    answerTo: (at, idempotencyKey) =>
      first(at, () => ask(database, ANSWER, { ...placeOf(at), idempotency_key: idempotencyKey })),
    async scan(query) {
      const { tenant, namespace } = query;
      const rows = await turn(() => ask(database, SCAN, scanParameters(query)));
      return rows.map((row) => {
        const at = { tenant, namespace, key: row[0] as Place["key"] };
        return { ...revisionOf(at, row.slice(2)), expired: row[1] === "t" };
      });
    },
  };
}

/** No key is the empty text, so it stands before all of them. */
function scanParameters({ tenant, namespace, prefix, after, limit }: ScanQuery) {
  const below = (prefix && upperBound(prefix)) || null;
  return {
    tenant,
    namespace,
    from: prefix ?? "",
    below,
    until: below,
    after_key: after?.key ?? "",
    after_revision: `${after?.revision ?? 0}`,
    limit: `${limit}`,
  };
}

const placeOf = ({ tenant, namespace, key }: Place) => ({ tenant, namespace, key });

function revisionOf(at: Place, row: Row): Revision {
  const entry = entryOf(at, row, 2);
  return { ...entry, action: row[0] as Action, slice: row[1] === "t" ? entry.slice : undefined };
}
