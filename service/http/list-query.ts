import type { Context } from "hono";
import type { Labels } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import type { Sort, Wanted } from "../domain/stores.ts";
import { unstorable } from "../domain/text.ts";
import { parseExpiresAt } from "../domain/ttl.ts";
import { parseType } from "./fields.ts";
import { flagOf } from "./query.ts";

/** The parameters that all lists of entries share. */

const malformed = (field: string, reason: string) => new Failure({ kind: "malformed", field, reason });

export const FILTERS = ["prefix", "q", "type", "label", "expiresBefore", "expired"] as const;

/** All that says which entries are wanted, but for the namespaces. */
export function wantedOf(c: Context): Omit<Wanted, "tenant" | "namespace"> {
  const all = (name: string) => c.req.queries(name) ?? [];
  const expiresBefore = c.req.query("expiresBefore");
  return {
    prefix: textOf(c, "prefix"),
    contains: textOf(c, "q"),
    types: all("type").flatMap((types) => types.split(",").map(parseType)),
    labels: labelsOf(all("label")),
    expiresBefore: expiresBefore === undefined ? undefined : parseExpiresAt(expiresBefore, "expiresBefore"),
    expired: flagOf(c, "expired"),
  };
}

/** Nothing said is as good as an empty text. */
const textOf = (c: Context, name: string): string | undefined => searchable(c.req.query(name) ?? "", name) || undefined;

/** A text that could not be kept cannot be found either. */
export function searchable(text: string, field: string): string {
  const fault = unstorable(text);
  if (fault) throw new Failure({ kind: "invalid", field, reason: `The text ${fault}.` });
  return text;
}

/** All of them must hold, and of one name only one value can. */
function labelsOf(texts: readonly string[]): Labels {
  const pairs = new Map(texts.map(labelPair));
  if (pairs.size < texts.length) throw malformed("label", "Each label is named once.");
  return Object.fromEntries(pairs);
}

function labelPair(text: string): [string, string] {
  const at = searchable(text, "label").indexOf("=");
  if (at < 1) throw malformed("label", "It is a name and a value: label=team=data.");
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Our names, and those that Kestra's lists have for the same. */
const SORTS: Readonly<Record<string, Sort["by"]>> = {
  key: "key",
  namespace: "namespace",
  created: "created",
  updated: "updated",
  expires: "expires",
  revision: "revision",
  description: "description",
  creationDate: "created",
  updateDate: "updated",
  expirationDate: "expires",
};

/** `updated` or `updated:desc`. */
export function sortOf(c: Context, unsaid: Sort["by"]): Sort {
  const [name = "", direction = "asc", ...rest] = (c.req.query("sort") ?? unsaid).split(":");
  const by = Object.hasOwn(SORTS, name) ? SORTS[name] : undefined;
  if (!by || rest.length > 0 || !/^(asc|desc)$/i.test(direction))
    throw malformed(
      "sort",
      `It is one of ${Object.keys(SORTS).join(", ")}, with ':desc' behind it for the other way round.`,
    );
  return { by, descending: direction.toLowerCase() === "desc" };
}
