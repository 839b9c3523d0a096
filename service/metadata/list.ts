import { sql } from "drizzle-orm";
import type { Entry } from "../domain/entry.ts";
import type { Key } from "../domain/key.ts";
import type { Cursor, ListQuery, Page, Sort } from "../domain/stores.ts";
import { arrayLiteral } from "./array-literal.ts";
import { upperBound } from "./code-points.ts";
import { type Database, failureOf, type Row } from "./database.ts";
import { entryOf } from "./entry-row.ts";
import { inTurn } from "./in-turn.ts";
import { instantToDatabase } from "./instant.ts";
import { CONDITIONS, createListStatements, type Shape } from "./list-statement.ts";
import { type Parameters, statement } from "./statement.ts";

/** ICU's root collation, where the server was built with ICU; else what the database was made with. */
const FOLDING = statement(
  "folding",
  sql`SELECT coalesce((SELECT collname FROM pg_collation WHERE collname = 'und-x-icu' LIMIT 1), 'default')`,
);

export async function openList(database: Database): Promise<(query: ListQuery) => Promise<Page>> {
  const [row] = await database.query(FOLDING, {});
  const statementOf = createListStatements(row?.[0] ?? "default");
  // Of a namespace's many entries a list may touch all: beyond `parallel` they wait for each other, not finds for them.
  const turn = inTurn(database.parallel);
  return async (query) => {
    const { shape, parameters } = asked(query);
    const ask = () => database.query(statementOf(shape), parameters);
    try {
      return pageOf(query, await turn(ask));
    } catch (error) {
      throw failureOf(error);
    }
  };
}

function asked(query: ListQuery): { readonly shape: Shape; readonly parameters: Parameters } {
  const { prefix, contains, types, labels, sort, after } = query;
  const below = prefix ? upperBound(prefix) : undefined;
  const pattern = contains ? `%${contains.replace(/[\\%_]/g, "\\$&")}%` : undefined;
  const value = after && sort.by !== "key" ? startOf(after, sort) : undefined;
  const has = {
    from: Boolean(prefix),
    below: below !== undefined,
    types: types.length > 0,
    labels: Object.keys(labels).length > 0,
    unexpired: !query.expired,
  };
  return {
    shape: {
      conditions: (Object.keys(CONDITIONS) as (keyof typeof CONDITIONS)[]).filter((name) => has[name]),
      contains: pattern !== undefined,
      sort,
      after: after ? (value === null ? "null" : "value") : "nothing",
    },
    parameters: {
      tenant: query.tenant,
      namespace: query.namespace,
      from: prefix ?? null,
      below: below ?? null,
      types: arrayLiteral(types),
      labels: JSON.stringify(labels),
      contains_key: pattern ?? null,
      contains_description: pattern ?? null,
      after_key: after?.key ?? null,
      after_value: value ?? null,
      // One more than asked tells whether there is another page.
      limit: String(query.limit + 1),
    },
  };
}

/** A cursor has been in the caller's hands. */
function startOf({ value }: Cursor, { by }: Sort): string | null {
  if (value === null && by === "expires") return null;
  return instantToDatabase(value ?? "", "cursor");
}

function pageOf(query: ListQuery, rows: readonly Row[]): Page {
  const entries = rows.slice(0, query.limit).map((row) => {
    const at = { tenant: query.tenant, namespace: query.namespace, key: row[0] as Key };
    return Object.assign(entryOf(at, row, 2), { expired: row[1] === "t" });
  });
  const last = entries.at(-1);
  return { entries, next: last && rows.length > query.limit ? cursorOf(last, query.sort) : undefined };
}

function cursorOf(entry: Entry, { by }: Sort): Cursor {
  const value = { key: entry.key, created: entry.createdAt, updated: entry.updatedAt, expires: entry.expiresAt }[by];
  return { value: value ?? null, key: entry.key };
}
