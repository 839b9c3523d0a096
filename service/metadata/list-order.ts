import { type SQL, sql } from "drizzle-orm";
import type { Entry } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import type { Cursor, Sort } from "../domain/stores.ts";
import { instantToDatabase } from "./instant.ts";

/** Code points of a description that order a list; a cursor carries them. */
const ORDERING_LENGTH = 100;

interface Term {
  readonly column: SQL;
  /** What the last entry of the page before has there. */
  readonly after: SQL;
}

const KEY: Term = { column: sql`e.key`, after: sql.placeholder("after_key").getSQL() };
const NAMESPACE: Term = { column: sql`e.namespace`, after: sql.placeholder("after_namespace").getSQL() };

const valued = (column: SQL, type: string): Term => ({
  column,
  after: sql`${sql.placeholder("after_value")}::text${sql.raw(type)}`,
});

/** The sorted column, where it is neither key nor namespace. */
function columnOf({ by }: Sort, folding: string): Term | undefined {
  switch (by) {
    case "created":
      return valued(sql`e.created_at`, "::timestamptz");
    case "updated":
      return valued(sql`e.updated_at`, "::timestamptz");
    case "expires":
      return valued(sql`e.expires_at`, "::timestamptz");
    case "revision":
      return valued(sql`e.revision`, "::bigint");
    case "description":
      return valued(
        sql`(left(e.description, ${sql.raw(`${ORDERING_LENGTH}`)}) COLLATE ${sql.identifier(folding)})`,
        "",
      );
    default:
      return undefined;
  }
}

/** Entries without an expiry or a description come last, whichever way a list is sorted. */
export const mayBeNull = ({ by }: Sort): boolean => by === "expires" || by === "description";

/** The order of a list: total, because no two entries have the same key and namespace. */
export interface Order {
  /** Of entries that have a value in the sorted column; only these, where one can be missing. */
  readonly valued: readonly Term[];
  readonly hasValue: SQL | undefined;
  /** Of entries that have none; undefined where all have one. */
  readonly unvalued: { readonly terms: readonly Term[]; readonly isNull: SQL } | undefined;
  /** Of both together, for ORDER BY. */
  readonly whole: SQL;
}

/** `inOne`: all entries are of one namespace. */
export function orderOf(sort: Sort, inOne: boolean, folding: string): Order {
  const column = columnOf(sort, folding);
  const byNamespace = sort.by === "namespace" ? [NAMESPACE, KEY] : [KEY, NAMESPACE];
  const ties = inOne ? [KEY] : byNamespace;
  if (!column) return { valued: ties, hasValue: undefined, unvalued: undefined, whole: orderBy(ties, sort) };
  const terms = [column, ...ties];
  if (!mayBeNull(sort)) return { valued: terms, hasValue: undefined, unvalued: undefined, whole: orderBy(terms, sort) };
  const isNull = sql`${column.column} IS NULL`;
  return {
    valued: terms,
    hasValue: sql`${column.column} IS NOT NULL`,
    unvalued: { terms: ties, isNull },
    whole: sql`${isNull}, ${orderBy(terms, sort)}`,
  };
}

/** All in the same direction, so that the order of a list and of its reverse are each other's mirror. */
export const orderBy = (terms: readonly Term[], { descending }: Sort): SQL =>
  sql.join(
    terms.map(({ column }) => sql`${column} ${sql.raw(descending ? "DESC" : "ASC")}`),
    sql.raw(", "),
  );

/** What comes after the entry where a page ended. */
export function following(terms: readonly Term[], { descending }: Sort): SQL {
  const listed = (parts: readonly SQL[]) => sql.join([...parts], sql.raw(", "));
  const [columns, ends] = [terms.map(({ column }) => column), terms.map(({ after }) => after)];
  return sql`(${listed(columns)}) ${sql.raw(descending ? "<" : ">")} (${listed(ends)})`;
}

/** What a cursor says of the sorted column. It has been in the caller's hands: fails with `invalid`, field `cursor`. */
export function valueAfter({ value }: Cursor, sort: Sort): string | null {
  if (sort.by === "key" || sort.by === "namespace") return null;
  if (value === null && mayBeNull(sort)) return null;
  if (sort.by === "description") return value;
  if (sort.by !== "revision") return instantToDatabase(value ?? "", "cursor");
  if (/^\d{1,18}$/.test(value ?? "")) return value;
  throw new Failure({ kind: "invalid", field: "cursor", reason: "It belongs to a list that is sorted another way." });
}

/** Where a page ends whose last entry this is. */
export function cursorOf(entry: Entry, { by }: Sort): Cursor {
  const value = {
    key: undefined,
    namespace: undefined,
    created: entry.createdAt,
    updated: entry.updatedAt,
    expires: entry.expiresAt,
    revision: `${entry.revision}`,
    description: entry.description && [...entry.description].slice(0, ORDERING_LENGTH).join(""),
  }[by];
  return { value: value ?? null, key: entry.key, namespace: entry.namespace };
}
