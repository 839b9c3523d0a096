import type { Context, Hono } from "hono";
import { WATCH_HEARTBEAT_SECONDS, WATCH_WAIT_SECONDS_MAX } from "../../api/limits.ts";
import type { ChangesView } from "../../api/schema/watch.ts";
import type { ChangeScope } from "../domain/change.ts";
import { parseDuration } from "../domain/duration.ts";
import { Failure } from "../domain/fault.ts";
import { type NamespaceName, parseNamespace } from "../domain/namespace.ts";
import { unstorable } from "../domain/text.ts";
import type { Watches, WatchFrom } from "../domain/watch.ts";
import type { Env } from "./env.ts";
import { changeView, EVENT_STREAM, eventStream } from "./event-stream.ts";
import { scopeOf, tenantOf } from "./place.ts";
import { flagOf, refuseUnknown } from "./query.ts";

type Report = (error: unknown, requestId: string) => void;

/** Changes of a namespace or of the whole tenant as they come: a stream, or with `wait` one answer. */
export function watchRoutes(app: Hono<Env>, watches: Watches, report: Report): void {
  const watch =
    (known: readonly string[], scoped: (c: Context) => NamespaceName | undefined) => async (c: Context<Env>) => {
      refuseUnknown(c, "A watch", known);
      const scope = scopeIn(c, scoped(c));
      const waitMs = waitOf(c.req.query("wait"));
      const from = cursorOf(c);
      return waitMs === undefined ? stream(c, watches, scope, from, report) : poll(c, watches, scope, from, waitMs);
    };
  app.get(
    "/namespaces/:namespace/kv:watch",
    watch(PARAMETERS, (c) => scopeOf(c).namespace),
  );
  app.get(
    "/kv:watch",
    watch(["namespace", ...PARAMETERS], (c) => {
      const namespace = c.req.query("namespace");
      return namespace === undefined ? undefined : parseNamespace(namespace);
    }),
  );
}

const PARAMETERS = ["children", "prefix", "after", "wait"] as const;

async function stream(
  c: Context<Env>,
  watches: Watches,
  scope: ChangeScope,
  from: WatchFrom,
  report: Report,
): Promise<Response> {
  const watcher = await watches.open(scope, from); // what fails is still answered as a problem
  const headers = {
    "Content-Type": EVENT_STREAM,
    "Cache-Control": "no-store, no-transform",
    // nginx would gather events until they fill a buffer.
    "X-Accel-Buffering": "no",
  };
  if (c.req.raw.method === "HEAD") {
    watcher.close();
    return new Response(null, { headers });
  }
  const requestId = c.get("requestId");
  const body = eventStream(watcher, WATCH_HEARTBEAT_SECONDS * 1_000, (error) => report(error, requestId));
  return new Response(body as ConstructorParameters<typeof Response>[0], { headers });
}

async function poll(
  c: Context<Env>,
  watches: Watches,
  scope: ChangeScope,
  from: WatchFrom,
  waitMs: number,
): Promise<Response> {
  const watcher = await watches.open(scope, from);
  const { signal } = c.req.raw;
  signal.addEventListener("abort", watcher.close);
  try {
    const step = await watcher.next(waitMs);
    if (step.kind === "end" && step.why === "gone")
      throw new Failure({ kind: "changes_gone", after: step.upto, why: "trimmed" });
    const changes = step.kind === "changes" ? step.changes.map(changeView) : [];
    const view: ChangesView = { changes, next: `${step.upto}` };
    return Response.json(view, { headers: { "Cache-Control": "no-store" } });
  } finally {
    signal.removeEventListener("abort", watcher.close);
    watcher.close();
  }
}

function scopeIn(c: Context, namespace: NamespaceName | undefined): ChangeScope {
  const prefix = c.req.query("prefix") ?? "";
  const fault = unstorable(prefix);
  if (fault) throw new Failure({ kind: "invalid", field: "prefix", reason: `A prefix ${fault}.` });
  return { tenant: tenantOf(c), namespace, children: flagOf(c, "children"), prefix };
}

/** A client that resumes by itself sends the header, and the address that it began with: so the header wins. */
function cursorOf(c: Context): WatchFrom {
  const last = c.req.header("last-event-id");
  if (last) return parseCursor(last, "Last-Event-ID");
  const after = c.req.query("after");
  return after === undefined ? "now" : parseCursor(after, "after");
}

function parseCursor(text: string, field: string): WatchFrom {
  if (text === "now" || text === "oldest") return text;
  const id = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id))
    throw new Failure({ kind: "malformed", field, reason: "It is an id that a watch gave, or 'now', or 'oldest'." });
  return id;
}

const NANOS_PER_MS = 1_000_000n;

/** Milliseconds; undefined without `wait`. */
function waitOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const nanos = parseDuration(/^\d+(\.\d{1,9})?$/.test(text) ? `PT${text}S` : text);
  if (nanos === undefined || nanos < 0n || nanos > BigInt(WATCH_WAIT_SECONDS_MAX) * 1_000n * NANOS_PER_MS)
    throw new Failure({
      kind: "malformed",
      field: "wait",
      reason: `It is 0 to ${WATCH_WAIT_SECONDS_MAX} seconds, such as 30 or PT30S.`,
    });
  return Number(nanos / NANOS_PER_MS);
}
