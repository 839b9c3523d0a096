import type { Context, Hono } from "hono";
import { SEARCH_PAGE_SIZE_DEFAULT, SEARCH_PAGE_SIZE_MAX } from "../../api/limits.ts";
import type { EntryPageView } from "../../api/schema/list.ts";
import { Failure } from "../domain/fault.ts";
import type { Anywhere, ListQuery } from "../domain/stores.ts";
import type { Stores } from "../domain/writes.ts";
import { listedEntryView } from "./entry-view.ts";
import type { Env } from "./env.ts";
import { filtersOf, isFilter } from "./kestra-filters.ts";
import { cursorOf, linkTo } from "./list-cursor.ts";
import { FILTERS, sortOf, wantedOf } from "./list-query.ts";
import { tenantOf } from "./place.ts";
import { flagOf, numberOf, refuseUnknown } from "./query.ts";

/** The list of all namespaces: Kestra's counted pages on its path, and pages behind a cursor. */
export function searchRoutes(app: Hono<Env>, stores: Stores): void {
  app.get("/kv", async (c) => {
    const query = searchOf(c);
    const counted = flagOf(c, "total", query.after === undefined);
    const page = await stores.metadata.list(query);
    const total = counted ? await stores.metadata.count(query) : undefined;
    const view: EntryPageView = {
      results: page.entries.map((entry) => listedEntryView(entry, stores.objects)),
      ...(total !== undefined && { total }),
    };
    return Response.json(view, { headers: linkTo(c, page.next, query.sort) });
  });
}

const PARAMETERS = [...FILTERS, "sort", "page", "size", "limit", "cursor", "total", "filters[…][…]"] as const;

function searchOf(c: Context): ListQuery<Anywhere> {
  refuseUnknown(c, "A list", PARAMETERS, isFilter);
  const sort = sortOf(c, "namespace");
  const wanted = wantedOf(c);
  const filters = filtersOf(c.req.queries());
  const after = cursorOf(c, sort);
  const page = numberOf(c, "page", 1, Number.MAX_SAFE_INTEGER);
  const limit = numberOf(
    c,
    c.req.query("limit") === undefined ? "size" : "limit",
    SEARCH_PAGE_SIZE_DEFAULT,
    SEARCH_PAGE_SIZE_MAX,
  );
  refuseBoth(c, "page", "cursor");
  refuseBoth(c, "size", "limit");
  if (wanted.contains !== undefined && filters.contains !== undefined) throw both("q", "filters[q][EQUALS]");
  return {
    tenant: tenantOf(c),
    ...wanted,
    ...filters,
    contains: wanted.contains ?? filters.contains,
    sort,
    after,
    offset: Math.min((page - 1) * limit, OFFSET_MAX),
    limit,
  };
}

/** Beyond every entry, and with a page behind it still a number that is exact. */
const OFFSET_MAX = Number.MAX_SAFE_INTEGER - 2 * SEARCH_PAGE_SIZE_MAX;

const both = (name: string, other: string) =>
  new Failure({ kind: "malformed", field: name, reason: `Name either ${name} or ${other}, not both.` });

function refuseBoth(c: Context, name: string, other: string): void {
  if (c.req.query(name) !== undefined && c.req.query(other) !== undefined) throw both(name, other);
}
