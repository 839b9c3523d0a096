import { SEARCH_NAMESPACES_MAX } from "../../api/limits.ts";
import { Failure } from "../domain/fault.ts";
import type { Anywhere, Comparison, Wanted } from "../domain/stores.ts";
import { parseExpiresAt } from "../domain/ttl.ts";
import { type NameTests, withinOf } from "../domain/within.ts";
import { searchable } from "./list-query.ts";

/** Kestra's spelling of a filter: `filters[field][OPERATION]=value`; without the operation, EQUALS. */
const FILTER = /^filters\[([^\]]*)\](?:\[([^\]]*)\])?$/;

const UPDATED: Readonly<Record<string, Comparison>> = {
  GREATER_THAN: "after",
  GREATER_THAN_OR_EQUAL_TO: "from",
  LESS_THAN_OR_EQUAL_TO: "until",
  LESS_THAN: "before",
};
const OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  namespace: ["EQUALS", "NOT_EQUALS", "IN", "NOT_IN", "STARTS_WITH", "ENDS_WITH", "CONTAINS", "PREFIX"],
  q: ["EQUALS"],
  updated: Object.keys(UPDATED),
};
/** Every filter that there is, by its parameter's name. */
export const FILTER_NAMES: readonly string[] = Object.entries(OPERATIONS).flatMap(([field, operations]) =>
  operations.map((operation) => `filters[${field}][${operation}]`),
);

export const isFilter = (name: string): boolean => name.startsWith("filters");

/** All that the filters of a query string say. Fails with `invalid` for one that there is not, with `malformed` for one without a value. */
export function filtersOf(
  parameters: Readonly<Record<string, readonly string[]>>,
): Pick<Wanted<Anywhere>, "namespace" | "contains" | "updated"> {
  const said = new Map<string, string>();
  for (const [name, values] of Object.entries(parameters)) if (isFilter(name)) say(said, name, values);
  const of = (operation: string) => said.get(`filters[namespace][${operation}]`);
  const [equals, oneOf] = [of("EQUALS"), listOf(of("IN"), "filters[namespace][IN]")];
  const anyOf = equals === undefined ? oneOf : [equals].filter((name) => oneOf?.includes(name) ?? true);
  const noneOf = [of("NOT_EQUALS") ?? [], listOf(of("NOT_IN"), "filters[namespace][NOT_IN]") ?? []].flat();
  return {
    namespace: withinOf(anyOf, testsOf(of, noneOf)),
    contains: said.get("filters[q][EQUALS]"),
    updated: updatedOf(said),
  };
}

function say(said: Map<string, string>, parameter: string, values: readonly string[]): void {
  const text = values.join(",");
  if (parameter === "filters" && text === "") return; // Kestra's SDKs send it when there are none
  const [, field = "", operation = "EQUALS"] = FILTER.exec(parameter) ?? [];
  const name = field === "query" ? "q" : field;
  const operations = Object.hasOwn(OPERATIONS, name) ? OPERATIONS[name] : undefined;
  if (!operations?.includes(operation)) throw unknown(parameter, operations ? [name] : Object.keys(OPERATIONS));
  const many = operation === "IN" || operation === "NOT_IN";
  const filter = `filters[${name}][${operation}]`;
  if (said.has(filter) || (values.length > 1 && !many))
    throw new Failure({ kind: "malformed", field: parameter, reason: "This filter is named once." });
  if (text !== "") said.set(filter, searchable(text, parameter));
  else if (name !== "q")
    throw new Failure({ kind: "malformed", field: parameter, reason: "This filter needs a value." });
}

function unknown(field: string, fields: readonly string[]): Failure {
  const there = fields.map((one) => `${one} with ${OPERATIONS[one]?.join(", ")}`).join("; ");
  const reason = `There is no such filter. There are ${there}; such as filters[namespace][EQUALS]=company.team.`;
  return new Failure({ kind: "invalid", field, reason });
}

/** `a,b`, also in Kestra's brackets. */
function listOf(text: string | undefined, field: string): readonly string[] | undefined {
  if (text === undefined) return undefined;
  const names = text
    .replace(/[[\]]/g, "")
    .split(",")
    .filter((name) => name !== "");
  if (names.length <= SEARCH_NAMESPACES_MAX) return names;
  throw new Failure({ kind: "invalid", field, reason: `There are at most ${SEARCH_NAMESPACES_MAX} names in it.` });
}

function testsOf(of: (operation: string) => string | undefined, noneOf: readonly string[]): NameTests {
  const [startsWith, endsWith, contains, under] = ["STARTS_WITH", "ENDS_WITH", "CONTAINS", "PREFIX"].map(of);
  return {
    ...(startsWith !== undefined && { startsWith }),
    ...(endsWith !== undefined && { endsWith }),
    ...(contains !== undefined && { contains }),
    ...(under !== undefined && { under }),
    ...(noneOf.length > 0 && { noneOf }),
  };
}

const updatedOf = (said: ReadonlyMap<string, string>): Wanted["updated"] & object =>
  Object.fromEntries(
    Object.entries(UPDATED).flatMap(([operation, comparison]) => {
      const name = `filters[updated][${operation}]`;
      const text = said.get(name);
      return text === undefined ? [] : [[comparison, parseExpiresAt(text, name)]];
    }),
  );
