import type { Context, Hono } from "hono";
import { PAGE_ENTRIES_MAX } from "../../api/limits.ts";
import type { RevisionView } from "../../api/schema.ts";
import type { Place } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import { listRevisions, restore } from "../domain/history.ts";
import type { Revision } from "../domain/history-store.ts";
import type { Objects } from "../domain/stores.ts";
import type { Stores } from "../domain/writes.ts";
import { authorOf } from "./author.ts";
import { etagHeader, preconditionOf } from "./conditions.ts";
import { digestText, entryView } from "./entry-view.ts";
import type { Env } from "./env.ts";
import { placeInPath, placeInQuery } from "./place.ts";

/**
 * The history of one key, below its own path and as `kv:revisions?key=`, `kv:restore?key=&revision=`. A key may itself
 * be named `revisions`: its history is at `kv/revisions/revisions`.
 */
export function historyRoutes(app: Hono<Env>, stores: Stores): void {
  const kv = "/namespaces/:namespace/kv";
  app.get(`${kv}/:key/revisions`, (c) => getRevisions(c, placeInPath(c, 1), stores));
  app.get(`${kv}:revisions`, (c) => getRevisions(c, placeInQuery(c), stores));
  app.post(`${kv}/:key/revisions/:revision/restore`, (c) =>
    postRestore(c, placeInPath(c, 3), revisionNumber(c.req.param("revision")), stores),
  );
  app.post(`${kv}:restore`, (c) =>
    postRestore(c, placeInQuery(c), revisionNumber(c.req.query("revision") ?? ""), stores),
  );
}

/** The number of a revision. Fails with `malformed`, field `revision`. */
export function revisionNumber(text: string, field = "revision"): number {
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new Failure({ kind: "malformed", field, reason: "It is the number of a revision: 1, 2, 3 …" });
  return Number(text);
}

async function getRevisions(c: Context, at: Place, stores: Stores): Promise<Response> {
  const before = c.req.query("before");
  const limit = c.req.query("limit") ?? `${PAGE_ENTRIES_MAX}`;
  if (!/^\d{1,6}$/.test(limit) || Number(limit) < 1 || Number(limit) > PAGE_ENTRIES_MAX)
    throw new Failure({ kind: "malformed", field: "limit", reason: `It is a number from 1 to ${PAGE_ENTRIES_MAX}.` });
  const start = before === undefined ? undefined : revisionNumber(before, "before");
  const { revisions, next } = await listRevisions(stores, at, start, Number(limit));
  const views = revisions.map((revision) => revisionView(revision, stores.objects));
  return Response.json(views, { headers: next === undefined ? {} : linkTo(c, next) });
}

async function postRestore(c: Context, at: Place, revision: number, stores: Stores): Promise<Response> {
  const only = preconditionOf({
    ifMatch: c.req.header("if-match"),
    ifNoneMatch: c.req.header("if-none-match"),
    overwrite: undefined,
  });
  const { entry } = await restore(stores, { at, only, author: authorOf(c) }, revision);
  return Response.json(entryView(entry, stores.objects), { headers: { ETag: etagHeader(entry.etag) } });
}

/** RFC 8288: where older revisions are. */
function linkTo(c: Context, before: number): Record<string, string> {
  const url = new URL(c.req.url);
  url.searchParams.set("before", `${before}`);
  return { Link: `<${url.pathname}${url.search}>; rel="next"` };
}

function revisionView({ slice, action, ...rest }: Revision, objects: Pick<Objects, "uriOf">): RevisionView {
  return {
    revision: rest.revision,
    action,
    etag: rest.etag,
    type: rest.type,
    size: rest.size,
    digest: digestText(rest.digest),
    uri: slice ? objects.uriOf(slice.object) : null,
    description: rest.description ?? null,
    labels: rest.labels,
    secret: rest.secret,
    ttl: rest.ttl ?? null,
    creationDate: rest.createdAt,
    updateDate: rest.updatedAt,
    expirationDate: rest.expiresAt ?? null,
    createdBy: rest.createdBy,
    updatedBy: rest.updatedBy,
    door: rest.door,
  };
}
