import type { Context, Hono } from "hono";
import { PAGE_ENTRIES_MAX } from "../../api/limits.ts";
import type { Labels } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import type { Cursor, ListQuery, Page, Sort } from "../domain/stores.ts";
import type { Stores } from "../domain/writes.ts";
import { listedEntryView } from "./entry-view.ts";
import type { Env } from "./env.ts";
import { parseType } from "./fields.ts";
import { scopeOf } from "./place.ts";

/** The list of a namespace: one page where `limit` or `cursor` asks for one, else all of it, page after page. */
export function listRoutes(app: Hono<Env>, stores: Stores): void {
  app.get("/namespaces/:namespace/kv", async (c) => {
    const query = listQuery(c);
    const first = await stores.metadata.list(query);
    const paged = c.req.query("limit") !== undefined || c.req.query("cursor") !== undefined;
    if (paged || !first.next)
      return Response.json(viewsOf(first, stores), { headers: paged ? linkTo(c, first.next) : {} });
    const body = ReadableStream.from(allPages(query, first, stores)) as ConstructorParameters<typeof Response>[0];
    return new Response(body, { headers: { "Content-Type": "application/json" } });
  });
}

export function listQuery(c: Context): ListQuery {
  const all = (name: string) => c.req.queries(name) ?? [];
  const cursor = c.req.query("cursor");
  return {
    ...scopeOf(c),
    prefix: c.req.query("prefix") || undefined,
    contains: c.req.query("q") || undefined,
    types: all("type").flatMap((types) => types.split(",").map(parseType)),
    labels: Object.fromEntries(all("label").map(labelPair)) satisfies Labels,
    sort: sortOf(c.req.query("sort")),
    after: cursor === undefined ? undefined : cursorOf(cursor),
    limit: limitOf(c.req.query("limit")),
    expired: c.req.query("expired") === "true",
  };
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return PAGE_ENTRIES_MAX;
  const limit = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > PAGE_ENTRIES_MAX)
    throw new Failure({ kind: "malformed", field: "limit", reason: `It is a number from 1 to ${PAGE_ENTRIES_MAX}.` });
  return limit;
}

const SORTS = ["key", "created", "updated", "expires"] as const satisfies readonly Sort["by"][];

/** `updated` or `updated:desc`. */
function sortOf(text: string | undefined): Sort {
  const [name, direction] = (text ?? "key").split(":");
  const by = SORTS.find((sort) => sort === name);
  if (!by || (direction !== undefined && direction !== "asc" && direction !== "desc"))
    throw new Failure({
      kind: "malformed",
      field: "sort",
      reason: `It is one of ${SORTS.join(", ")}, with ':desc' behind it for the other way round.`,
    });
  return { by, descending: direction === "desc" };
}

function labelPair(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at < 1)
    throw new Failure({ kind: "malformed", field: "label", reason: "It is a name and a value: label=team=data." });
  return [text.slice(0, at), text.slice(at + 1)];
}

/** Opaque to callers: where the page before ended. */
const cursorText = ({ value, key }: Cursor): string => Buffer.from(JSON.stringify([value, key])).toString("base64url");

function cursorOf(text: string): Cursor {
  const refuse = () =>
    new Failure({ kind: "malformed", field: "cursor", reason: "Take it from the Link header of the page before." });
  try {
    const [value, key] = JSON.parse(Buffer.from(text, "base64url").toString()) as unknown[];
    if (typeof key === "string" && (value === null || typeof value === "string")) return { value, key };
  } catch (error) {
    throw error instanceof SyntaxError || error instanceof TypeError ? refuse() : error;
  }
  throw refuse();
}

/** RFC 8288: the address of the next page, relative to this one. */
function linkTo(c: Context, next: Cursor | undefined): Record<string, string> {
  if (!next) return {};
  const url = new URL(c.req.url);
  url.searchParams.set("cursor", cursorText(next));
  return { Link: `<${url.pathname}${url.search}>; rel="next"` };
}

const viewsOf = ({ entries }: Page, { objects }: Stores) => entries.map((entry) => listedEntryView(entry, objects));

async function* allPages(query: ListQuery, first: Page, stores: Stores): AsyncGenerator<Uint8Array> {
  let page = first;
  let separator = "[";
  for (;;) {
    for (const view of viewsOf(page, stores)) {
      yield Buffer.from(separator + JSON.stringify(view));
      separator = ",\n";
    }
    if (!page.next) break;
    page = await stores.metadata.list({ ...query, after: page.next });
  }
  yield Buffer.from("]");
}
