import type { Context, Hono } from "hono";
import { PAGE_ENTRIES_MAX } from "../../api/limits.ts";
import { lineageOf } from "../domain/namespace.ts";
import type { Anywhere, ListQuery, Page } from "../domain/stores.ts";
import type { Stores } from "../domain/writes.ts";
import { listedEntryView } from "./entry-view.ts";
import type { Env } from "./env.ts";
import { cursorOf, linkTo } from "./list-cursor.ts";
import { FILTERS, sortOf, wantedOf } from "./list-query.ts";
import { scopeOf } from "./place.ts";
import { flagOf, numberOf, refuseUnknown } from "./query.ts";

/** The list of a namespace, and Kestra's list of what those above it have: their path comes before that of a key. */
export function listRoutes(app: Hono<Env>, stores: Stores): void {
  app.get("/namespaces/:namespace/kv", (c) => {
    refuseUnknown(c, "A list", [...PARAMETERS, "inherit"]);
    const query = listQuery(c);
    const names = lineageOf(query.namespace);
    return answer(c, flagOf(c, "inherit") ? { ...query, namespace: { kind: "nearest", names } } : query, stores);
  });
  app.get("/namespaces/:namespace/kv/inheritance", (c) => {
    refuseUnknown(c, "A list", PARAMETERS);
    const query = listQuery(c);
    const names = lineageOf(query.namespace).slice(1);
    return answer(c, { ...query, namespace: { kind: "nearest", names } }, stores);
  });
}

const PARAMETERS = [...FILTERS, "sort", "limit", "cursor", "total"] as const;

/** What the path and the parameters of a list ask for. */
export function listQuery(c: Context): ListQuery {
  const sort = sortOf(c, "key");
  return {
    ...scopeOf(c),
    ...wantedOf(c),
    sort,
    after: cursorOf(c, sort),
    limit: numberOf(c, "limit", PAGE_ENTRIES_MAX, PAGE_ENTRIES_MAX),
  };
}

/** One page where `limit` or `cursor` asks for one, else all of it, page after page. */
async function answer(c: Context, query: ListQuery<Anywhere>, stores: Stores): Promise<Response> {
  const counted = flagOf(c, "total");
  const first = await stores.metadata.list(query);
  const headers: Record<string, string> = { "Content-Type": "application/json" };
  if (counted) headers["X-Total-Count"] = `${await stores.metadata.count(query)}`;
  const paged = c.req.query("limit") !== undefined || c.req.query("cursor") !== undefined;
  if (paged || !first.next)
    return Response.json(viewsOf(first, stores), { headers: { ...headers, ...linkTo(c, first.next, query.sort) } });
  const body = ReadableStream.from(allPages(query, first, stores)) as ConstructorParameters<typeof Response>[0];
  return new Response(body, { headers });
}

const viewsOf = ({ entries }: Page, { objects }: Stores) => entries.map((entry) => listedEntryView(entry, objects));

async function* allPages(query: ListQuery<Anywhere>, first: Page, stores: Stores): AsyncGenerator<Uint8Array> {
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
