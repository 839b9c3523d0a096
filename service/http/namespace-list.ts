import type { Context, Hono } from "hono";
import {
  AUTOCOMPLETE_NAMES_MAX,
  NAMESPACE_BYTES_MAX,
  SEARCH_PAGE_SIZE_DEFAULT,
  SEARCH_PAGE_SIZE_MAX,
  TREE_NAMESPACES_MAX,
} from "../../api/limits.ts";
import type { NamespacePageView } from "../../api/schema.ts";
import { Failure } from "../domain/fault.ts";
import { parseNamespace, type Tenant } from "../domain/namespace.ts";
import { type NamespaceQuery, type Namespaces, nameOf } from "../domain/namespaces.ts";
import { envelopeBytes } from "./body.ts";
import type { Env } from "./env.ts";
import { objectMembers } from "./json-object.ts";
import { searchable } from "./list-query.ts";
import { listedNamespaceView, treeOf } from "./namespace-view.ts";
import { tenantOf } from "./place.ts";
import { flagOf, numberOf, refuseUnknown } from "./query.ts";

/** The tree of namespaces, and Kestra's search and autocompletion on its paths. */
export function namespaceListRoutes(app: Hono<Env>, namespaces: Namespaces): void {
  app.get("/namespaces", (c) => tree(c, namespaces));
  app.get("/namespaces/search", (c) => search(c, namespaces));
  app.post("/namespaces/autocomplete", (c) => autocomplete(c, namespaces));
}

const allOf = (tenant: Tenant): NamespaceQuery => ({
  tenant,
  under: undefined,
  contains: undefined,
  rowsOnly: false,
  descending: false,
  offset: 0,
  limit: TREE_NAMESPACES_MAX,
});

async function tree(c: Context, namespaces: Namespaces): Promise<Response> {
  refuseUnknown(c, "The tree", ["under"]);
  const under = c.req.query("under") || undefined;
  const query = { ...allOf(tenantOf(c)), under: under === undefined ? undefined : parseNamespace(under) };
  const page = await namespaces.list(query);
  if (page.total > TREE_NAMESPACES_MAX)
    throw new Failure({
      kind: "invalid",
      field: "under",
      reason: `A tree has at most ${TREE_NAMESPACES_MAX} namespaces, and this one ${page.total}; name the branch that you want.`,
    });
  return Response.json(treeOf(page.namespaces));
}

async function search(c: Context, namespaces: Namespaces): Promise<Response> {
  const size = numberOf(c, "size", SEARCH_PAGE_SIZE_DEFAULT, SEARCH_PAGE_SIZE_MAX);
  const page = numberOf(c, "page", 1, Number.MAX_SAFE_INTEGER);
  const found = await namespaces.list({
    ...allOf(tenantOf(c)),
    contains: searchable(c.req.query("q") ?? filteredText(c) ?? "", "q") || undefined,
    rowsOnly: flagOf(c, "existing"),
    descending: isDescending(c.req.query("sort")),
    offset: Math.min((page - 1) * size, Number.MAX_SAFE_INTEGER),
    limit: size,
  });
  const view: NamespacePageView = { results: found.namespaces.map(listedNamespaceView), total: found.total };
  return Response.json(view);
}

/** Kestra's newer spelling of `q`, and its only filter that names have. One that is ignored would show too much. */
function filteredText(c: Context): string | undefined {
  const query = c.req.queries();
  for (const name of Object.keys(query))
    if (name.startsWith("filters[") && name !== Q_FILTER)
      throw new Failure({ kind: "invalid", field: name, reason: `There is no such filter; there is ${Q_FILTER}.` });
  const [text, ...others] = query[Q_FILTER] ?? [];
  if (others.length > 0)
    throw new Failure({ kind: "malformed", field: Q_FILTER, reason: "This filter is named once." });
  return text;
}

const Q_FILTER = "filters[q][EQUALS]";

/** `id:asc` or `id:desc`. A namespace has no other order. */
function isDescending(sort: string | undefined): boolean {
  if (sort !== undefined && !/^id(:(asc|desc))?$/i.test(sort))
    throw new Failure({ kind: "malformed", field: "sort", reason: "It is id:asc or id:desc." });
  return sort?.toLowerCase() === "id:desc";
}

/** Names that contain `q`, and besides them those of `ids` that are there. */
async function autocomplete(c: Context, namespaces: Namespaces): Promise<Response> {
  const { contains, ids, rowsOnly } = autocompleteBody(await envelopeBytes(c, NAMESPACE_BYTES_MAX));
  const query = { ...allOf(tenantOf(c)), rowsOnly };
  const found = await namespaces.list({ ...query, contains, limit: AUTOCOMPLETE_NAMES_MAX });
  const names = new Set<string>(found.namespaces.map(nameOf));
  for (const id of ids) {
    if (names.has(id)) continue;
    const [itself] = (await namespaces.list({ ...query, under: parseNamespace(id), limit: 1 })).namespaces;
    if (itself && nameOf(itself) === id) names.add(id);
  }
  return Response.json([...names].sort());
}

function autocompleteBody(body: Uint8Array) {
  const said = body.length === 0 ? new Map<string, Uint8Array>() : objectMembers(body, ["q", "ids", "existingOnly"]);
  const read = (name: string): unknown => {
    const bytes = said.get(name);
    return bytes === undefined ? undefined : (JSON.parse(Buffer.from(bytes).toString()) ?? undefined);
  };
  const [q, ids, existingOnly] = [read("q"), read("ids") ?? [], read("existingOnly") ?? false];
  const refuse = (field: string, reason: string) => new Failure({ kind: "invalid", field, reason });
  if (q !== undefined && typeof q !== "string") throw refuse("q", "It is a text.");
  if (!Array.isArray(ids) || ids.length > AUTOCOMPLETE_NAMES_MAX || !ids.every((id) => typeof id === "string"))
    throw refuse("ids", `They are a list of at most ${AUTOCOMPLETE_NAMES_MAX} names.`);
  if (typeof existingOnly !== "boolean") throw refuse("existingOnly", "It is true or false.");
  return { contains: searchable(q ?? "", "q") || undefined, ids, rowsOnly: existingOnly };
}
