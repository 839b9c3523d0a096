import { sql } from "drizzle-orm";
import type { Key } from "../domain/key.ts";
import type { NamespaceName } from "../domain/namespace.ts";
import type { Anywhere, ListQuery, Metadata, Page, Wanted } from "../domain/stores.ts";
import { arrayLiteral } from "./array-literal.ts";
import { type Database, failureOf, type Row } from "./database.ts";
import { entryOf } from "./entry-row.ts";
import { inTurn } from "./in-turn.ts";
import { askedOf, namesOf } from "./list-conditions.ts";
import { cursorOf, mayBeNull, valueAfter } from "./list-order.ts";
import { createListStatements, type Shape, type Which } from "./list-statement.ts";
import { type Parameters, statement } from "./statement.ts";

/** ICU's root collation, where the server was built with ICU; else what the database was made with. */
const FOLDING = statement(
  "folding",
  sql`SELECT coalesce((SELECT collname FROM pg_collation WHERE collname = 'und-x-icu' LIMIT 1), 'default')`,
);

export async function openList(database: Database): Promise<Pick<Metadata, "list" | "count">> {
  const [row] = await database.query(FOLDING, {});
  const statements = createListStatements(row?.[0] ?? "default");
  // Of a namespace's many entries a list may touch all: beyond `parallel` they wait for each other, not finds for them.
  const turn = inTurn(database.parallel);
  const ask = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await turn(work);
    } catch (error) {
      throw failureOf(error);
    }
  };
  return {
    async list(query) {
      const { shape, parameters } = asked(query);
      return pageOf(query, await ask(() => database.query(statements.page(shape), parameters)));
    },
    async count(wanted) {
      const { which, parameters } = wantedOf(wanted);
      const [row] = await ask(() => database.query(statements.count(which), parameters));
      return Number(row?.[0]);
    },
  };
}

function wantedOf(wanted: Wanted<Anywhere>): { readonly which: Which; readonly parameters: Parameters } {
  const { tenant, namespace } = wanted;
  const conditions = askedOf(wanted);
  const named = typeof namespace === "object" && namespace.kind !== "all" ? namespace.names : [];
  return {
    which: { within: typeof namespace === "string" ? "one" : namespace.kind, conditions: namesOf(conditions) },
    parameters: {
      ...conditions,
      tenant,
      namespace: typeof namespace === "string" ? namespace : null,
      namespaces: arrayLiteral(named),
    },
  };
}

function asked(query: ListQuery<Anywhere>): { readonly shape: Shape; readonly parameters: Parameters } {
  const { sort, after, limit, offset = 0 } = query;
  const { which, parameters } = wantedOf(query);
  const value = after ? valueAfter(after, sort) : null;
  return {
    shape: { ...which, sort, after: !after ? "nothing" : value === null && mayBeNull(sort) ? "null" : "value" },
    parameters: {
      ...parameters,
      after_key: after?.key ?? null,
      after_namespace: after?.namespace ?? "",
      after_value: value,
      // One more than asked tells whether there is another page.
      limit: `${limit + 1}`,
      offset: `${offset}`,
      depth: `${offset + limit + 1}`,
    },
  };
}

function pageOf({ tenant, sort, limit }: ListQuery<Anywhere>, rows: readonly Row[]): Page {
  const entries = rows.slice(0, limit).map((row) => {
    const at = { tenant, namespace: row[0] as NamespaceName, key: row[1] as Key };
    return { ...entryOf(at, row, 3), expired: row[2] === "t" };
  });
  const last = entries.at(-1);
  return { entries, next: last && rows.length > limit ? cursorOf(last, sort) : undefined };
}
