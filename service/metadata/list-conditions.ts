import { sql } from "drizzle-orm";
import type { Anywhere, Wanted } from "../domain/stores.ts";
import { arrayLiteral } from "./array-literal.ts";
import { upperBound } from "./code-points.ts";
import { instantToDatabase } from "./instant.ts";
import type { Parameters } from "./statement.ts";
import { given } from "./statement.ts";

/**
 * What a list may ask for. Each is in the text only where it is asked, so that every text has one good plan.
 * `folding` is the collation that knows upper and lower case; "C", under which keys are kept, knows them in ASCII only.
 */
export const conditionsOf = (folding: string) => ({
  from: sql`e.key >= ${sql.placeholder("from")}`,
  below: sql`e.key < ${sql.placeholder("below")}`,
  contains: sql`(e.key COLLATE ${sql.identifier(folding)} ILIKE ${sql.placeholder("contains")}
    OR e.description COLLATE ${sql.identifier(folding)} ILIKE ${sql.placeholder("contains")})`,
  types: sql`e.type = ANY(${given("types", "text[]")})`,
  labels: sql`e.labels @> ${given("labels", "text::jsonb")}`,
  unexpired: sql`(e.expires_at IS NULL OR e.expires_at > statement_timestamp())`,
  expires_before: sql`e.expires_at < ${given("expires_before", "text::timestamptz")}`,
  updated_after: sql`e.updated_at > ${given("updated_after", "text::timestamptz")}`,
  updated_from: sql`e.updated_at >= ${given("updated_from", "text::timestamptz")}`,
  updated_until: sql`e.updated_at <= ${given("updated_until", "text::timestamptz")}`,
  updated_before: sql`e.updated_at < ${given("updated_before", "text::timestamptz")}`,
  name_from: sql`e.namespace >= ${sql.placeholder("name_from")}`,
  name_below: sql`e.namespace < ${sql.placeholder("name_below")}`,
  // The range is for the index: `/` is the character after the dot, and `a-b` lies between `a` and `a.b`.
  under: sql`e.namespace >= ${given("under", "text")} AND e.namespace < ${given("under", "text")} || '/'
    AND (e.namespace = ${given("under", "text")} OR e.namespace >= ${given("under", "text")} || '.')`,
  ends_with: sql`right(e.namespace, length(${given("ends_with", "text")})) = ${given("ends_with", "text")}`,
  name_contains: sql`strpos(lower(e.namespace), lower(${given("name_contains", "text")})) > 0`,
  none_of: sql`e.namespace <> ALL(${given("none_of", "text[]")})`,
});

export type Condition = keyof ReturnType<typeof conditionsOf>;

/** What is asked, by condition; null where it is not. */
export function askedOf(wanted: Wanted<Anywhere>): Readonly<Record<Condition, string | null>> {
  const { prefix, contains, types, labels, expiresBefore, expired, namespace, updated = {} } = wanted;
  const tests = typeof namespace === "object" && namespace.kind === "all" ? namespace.tests : {};
  return {
    from: prefix || null,
    below: (prefix && upperBound(prefix)) || null,
    contains: contains ? `%${contains.replace(/[\\%_]/g, "\\$&")}%` : null,
    types: types.length > 0 ? arrayLiteral(types) : null,
    labels: Object.keys(labels).length > 0 ? JSON.stringify(labels) : null,
    unexpired: expired ? null : "t",
    expires_before: instant(expiresBefore, "expiresBefore"),
    updated_after: instant(updated.after, "updated"),
    updated_from: instant(updated.from, "updated"),
    updated_until: instant(updated.until, "updated"),
    updated_before: instant(updated.before, "updated"),
    name_from: tests.startsWith || null,
    name_below: (tests.startsWith && upperBound(tests.startsWith)) || null,
    under: tests.under || null,
    ends_with: tests.endsWith || null,
    name_contains: tests.contains || null,
    none_of: tests.noneOf && tests.noneOf.length > 0 ? arrayLiteral(tests.noneOf) : null,
  };
}

const instant = (text: string | undefined, field: string): string | null =>
  text === undefined ? null : instantToDatabase(text, field);

/** Which of them are in the text. */
export const namesOf = (asked: Parameters): readonly Condition[] =>
  (Object.keys(asked) as Condition[]).filter((name) => asked[name] !== null);
