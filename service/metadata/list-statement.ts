import { type SQL, sql } from "drizzle-orm";
import type { Sort } from "../domain/stores.ts";
import type { Within } from "../domain/within.ts";
import { shownOf } from "./entry-row.ts";
import { type Condition, conditionsOf } from "./list-conditions.ts";
import { following, type Order, orderBy, orderOf } from "./list-order.ts";
import { type Statement, sparing, statement } from "./statement.ts";
import { entries } from "./tables/entries.ts";

/** Which entries: those of one namespace or of several, that fulfil all conditions. */
export interface Which {
  readonly within: "one" | Within["kind"];
  readonly conditions: readonly Condition[];
}

export interface Shape extends Which {
  readonly sort: Sort;
  /** Whether the page starts after an entry, and whether that one has a value in the sorted column. */
  readonly after: "nothing" | "value" | "null";
}

export interface ListStatements {
  page(shape: Shape): Statement;
  count(which: Which): Statement;
}

/** What most lists ask for. All that one could ask for makes some ten thousand statements: databases keep only these. */
const FREQUENT: readonly Condition[] = ["from", "below", "unexpired"];
const PASSING = { passing: true } as const;
const TEXTS_MAX = 500;

export function createListStatements(folding: string): ListStatements {
  const conditions = conditionsOf(folding);
  const made = new Map<string, Statement>();
  const once = (name: string, which: Which, textOf: () => SQL): Statement => {
    const passing = which.within === "one" && which.conditions.every((one) => FREQUENT.includes(one)) ? {} : PASSING;
    const known = made.get(name) ?? { ...sparing(statement(name, textOf())), ...passing };
    if (made.size === TEXTS_MAX) made.clear();
    made.set(name, known);
    return known;
  };
  const heldBy = (which: Which) => which.conditions.map((name) => conditions[name]);
  return {
    page(shape) {
      const { within, sort, after } = shape;
      const name = ["list:", within, sort.by, sort.descending ? "down" : "up", after, ...shape.conditions].join(" ");
      return once(name, shape, () => pageText(shape, heldBy(shape), orderOf(sort, within === "one", folding)));
    },
    count: (which) =>
      once(["count:", which.within, ...which.conditions].join(" "), which, () => countText(which, heldBy(which))),
  };
}

const NAMES = sql`${sql.placeholder("namespaces")}::text[]`;

/** A namespace of some is looked into by itself, so that each has its entries in order and no more than a page of them is met. */
const PLACED: Record<Which["within"], SQL> = {
  one: sql`e.namespace = ${sql.placeholder("namespace")}`,
  some: sql`e.namespace = n.name`,
  nearest: sql`e.namespace = n.name`,
  all: sql`true`,
};

/** Of namespaces that lie above each other the longer name is the nearer one. */
const UNSHADOWED = sql`NOT EXISTS (SELECT 1 FROM ${entries} s WHERE s.tenant = e.tenant AND s.namespace = ANY(${NAMES})
    AND length(s.namespace) > length(e.namespace) AND s.key = e.key
    AND s.gone IS NULL AND (s.expires_at IS NULL OR s.expires_at > statement_timestamp()))`;

const allOf = (parts: readonly SQL[]): SQL => sql.join([...parts], sql.raw("\n    AND "));

const wherever = (which: Which, held: readonly SQL[], placed: SQL): SQL =>
  allOf([
    sql`e.tenant = ${sql.placeholder("tenant")} AND e.gone IS NULL`,
    placed,
    ...held,
    ...(which.within === "nearest" ? [UNSHADOWED] : []),
  ]);

/** Entries without a value in the sorted column come last: they are a part of their own, so that each part can follow an index. */
function pageText(shape: Shape, held: readonly SQL[], order: Order): SQL {
  const { within, sort, after } = shape;
  const where = wherever(shape, held, PLACED[within]);
  const part = (terms: Order["valued"], more: readonly (SQL | undefined)[]) =>
    partText(shape, allOf([where, ...more.filter((one) => one !== undefined)]), orderBy(terms, sort));
  const { valued, hasValue, unvalued } = order;
  const parts = [
    ...(after === "null" ? [] : [part(valued, [hasValue, after === "value" ? following(valued, sort) : undefined])]),
    ...(unvalued && !(sort.by === "expires" && shape.conditions.includes("expires_before"))
      ? [part(unvalued.terms, [unvalued.isNull, after === "null" ? following(unvalued.terms, sort) : undefined])]
      : []),
  ];
  const rows = sql`(${sql.join(
    parts.map((one) => sql`(${one})`),
    sql.raw(" UNION ALL "),
  )}) e`;
  const named = within === "some" || within === "nearest";
  return sql`SELECT e.namespace, e.key, coalesce(e.expires_at <= statement_timestamp(), false), ${shownOf("e")}
  FROM ${named ? sql`unnest(${NAMES}) n(name), LATERAL ${rows}` : rows}
  ORDER BY ${order.whole} LIMIT ${sql.placeholder("limit")}::bigint OFFSET ${sql.placeholder("offset")}::bigint`;
}

/** `depth`: no more than the page and what lies before it. */
function partText({ within, sort }: Shape, where: SQL, order: SQL): SQL {
  const rest = sql`ORDER BY ${order} LIMIT ${sql.placeholder("depth")}::bigint`;
  const followsKey = sort.by === "key" || sort.by === "namespace";
  if (within === "all" || followsKey) return sql`SELECT e.* FROM ${entries} e WHERE ${where}\n    ${rest}`;
  // OFFSET 0 keeps a small namespace from being searched in the index that has the whole tenant in this order.
  return sql`SELECT e.* FROM (SELECT e.* FROM ${entries} e WHERE ${where}\n    OFFSET 0) e ${rest}`;
}

function countText(which: Which, held: readonly SQL[]): SQL {
  const named = which.within === "some" || which.within === "nearest";
  const placed = named ? sql`e.namespace = ANY(${NAMES})` : PLACED[which.within];
  return sql`SELECT count(*) FROM ${entries} e WHERE ${wherever(which, held, placed)}`;
}
