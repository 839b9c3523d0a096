import { type SQL, sql } from "drizzle-orm";
import type { Sort } from "../domain/stores.ts";
import { shownOf } from "./entry-row.ts";
import { bare, type Statement, statement } from "./statement.ts";
import { entries } from "./tables/entries.ts";

/** What a list may ask for. Each is in the text only where it is asked, so that every text has one good plan. */
export const CONDITIONS = {
  from: sql`e.key >= ${sql.placeholder("from")}`,
  below: sql`e.key < ${sql.placeholder("below")}`,
  types: sql`e.type = ANY(${sql.placeholder("types")}::text[])`,
  labels: sql`e.labels @> ${sql.placeholder("labels")}::text::jsonb`,
  unexpired: sql`(e.expires_at IS NULL OR e.expires_at > statement_timestamp())`,
} as const;

export interface Shape {
  readonly conditions: readonly (keyof typeof CONDITIONS)[];
  readonly contains: boolean;
  readonly sort: Sort;
  /** Whether the page starts after an entry, and whether that one has a value in the sorted column. */
  readonly after: "nothing" | "value" | "null";
}

const COLUMN = { created: entries.createdAt, updated: entries.updatedAt, expires: entries.expiresAt };

/** `folding` is the collation that knows upper and lower case; "C", under which keys are kept, knows them in ASCII only. */
export function createListStatements(folding: string): (shape: Shape) => Statement {
  const made = new Map<string, Statement>();
  return (shape) => {
    const { conditions, contains, sort, after } = shape;
    const name = ["list:", sort.by, sort.descending ? "down" : "up", after, contains, ...conditions].join(" ");
    const known = made.get(name) ?? statement(name, textOf(shape, folding));
    made.set(name, known);
    return known;
  };
}

function textOf({ conditions, contains, sort, after }: Shape, folding: string): SQL {
  const where = [
    sql`e.tenant = ${sql.placeholder("tenant")} AND e.namespace = ${sql.placeholder("namespace")} AND e.gone IS NULL`,
    ...conditions.map((name) => CONDITIONS[name]),
    ...(contains ? [containing(folding)] : []),
    ...(after === "nothing" ? [] : [following(sort, after)]),
  ];
  return sql`SELECT e.key, coalesce(e.expires_at <= statement_timestamp(), false), ${shownOf("e")}
    FROM ${entries} e WHERE ${sql.join(where, sql.raw("\n    AND "))}
    ORDER BY ${orderOf(sort)} LIMIT ${sql.placeholder("limit")}::bigint`;
}

function containing(folding: string): SQL {
  const collation = sql`COLLATE ${sql.identifier(folding)}`;
  return sql`(e.key ${collation} ILIKE ${sql.placeholder("contains_key")}
    OR e.description ${collation} ILIKE ${sql.placeholder("contains_description")})`;
}

const direction = ({ descending }: Sort): SQL => sql.raw(descending ? "DESC" : "ASC");

/** Ties go by key, in the same direction, so that the order of a list and of its reverse are each other's mirror. */
function orderOf(sort: Sort): SQL {
  if (sort.by === "key") return sql`e.key ${direction(sort)}`;
  return sql`e.${bare(COLUMN[sort.by])} ${direction(sort)} NULLS LAST, e.key ${direction(sort)}`;
}

function following(sort: Sort, after: "value" | "null"): SQL {
  const beyond = sql.raw(sort.descending ? "<" : ">");
  const key = sql.placeholder("after_key");
  if (sort.by === "key") return sql`e.key ${beyond} ${key}`;
  const column = sql`e.${bare(COLUMN[sort.by])}`;
  if (after === "null") return sql`${column} IS NULL AND e.key ${beyond} ${key}`;
  const row = sql`(${column}, e.key) ${beyond} (${sql.placeholder("after_value")}::text::timestamptz, ${key})`;
  return sort.by === "expires" ? sql`(${row} OR ${column} IS NULL)` : row;
}
