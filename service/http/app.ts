import { randomBytes } from "node:crypto";
import { Hono } from "hono";
import { REQUEST_ID_LENGTH_MAX } from "../../api/limits.ts";
import { Failure } from "../domain/fault.ts";
import type { Namespaces } from "../domain/namespaces.ts";
import type { Watches } from "../domain/watch.ts";
import type { Webhooks } from "../domain/webhook-store.ts";
import type { Stores } from "../domain/writes.ts";
import { faultFor } from "./compat.ts";
import { refuseDate } from "./conditions.ts";
import { docsRoutes } from "./docs.ts";
import type { Env } from "./env.ts";
import { told, traced } from "./followed.ts";
import { batchRoutes } from "./kv-batch.ts";
import { bulkDeleteRoutes } from "./kv-bulk-delete.ts";
import { entryRoutes } from "./kv-entry.ts";
import { exportRoutes } from "./kv-export.ts";
import { historyRoutes } from "./kv-history.ts";
import { importRoutes } from "./kv-import.ts";
import { listRoutes } from "./kv-list.ts";
import { purgeRoutes } from "./kv-purge.ts";
import { searchRoutes } from "./kv-search.ts";
import { watchRoutes } from "./kv-watch.ts";
import { namespaceRoutes } from "./namespaces.ts";
import { openapiDocument } from "./openapi.ts";
import { type Operation, operationRoutes } from "./operations.ts";
import { type Fetch, plainRequests } from "./plain.ts";
import { DEFECT, problemResponse, respond } from "./problems.ts";
import { refuseRepeated, refuseUnreadable } from "./query.ts";
import { webhookRoutes } from "./webhooks.ts";

/** Where the service tells its operator what callers must not see. */
export interface Log {
  error(fields: object, message: string): void;
}

/**
 * The API lies below both: Kestra's older base without a tenant, and the one with it. The older one comes first: a
 * tenant cannot be named `namespaces`, so what matches there means nothing else.
 */
const API_BASES = ["/api/v1", "/api/v1/:tenant"] as const;

/** What the routes work on. */
export interface Rooms extends Stores {
  readonly namespaces: Namespaces;
  readonly webhooks: Webhooks;
  readonly watches: Watches;
}

/** All that the service answers over HTTP. */
export function createApp(stores: Rooms, operation: Operation, log: Log): Fetch {
  const app = new Hono<Env>();
  app.use(async (c, next) => {
    const requestId = requestIdOf(c.req.header("x-request-id"));
    c.set("requestId", requestId);
    const exchange = c.env?.outgoing;
    const { tracer } = operation;
    await (tracer && exchange ? traced(c, exchange, tracer, next) : next());
    if (!c.get("isIdentified")) c.res.headers.set("X-Request-Id", requestId);
    if (exchange) told(c, exchange);
  });
  app.use((c, next) => {
    refuseUnreadable(c);
    refuseRepeated(c);
    refuseDate(c);
    return next();
  });
  const report = (error: unknown, requestId: string) => {
    if (!(error instanceof Failure)) log.error({ requestId, err: error }, "request failed");
    else if (error.fault.kind === "unavailable")
      log.error({ requestId, err: error.cause ?? error }, error.fault.reason);
  };
  operationRoutes(app, stores, operation, openapiDocument);
  docsRoutes(app, operation.docs);
  for (const base of API_BASES) {
    const api = new Hono<Env>();
    listRoutes(api, stores);
    searchRoutes(api, stores);
    batchRoutes(api, stores, report);
    bulkDeleteRoutes(api, stores);
    entryRoutes(api, stores);
    historyRoutes(api, stores);
    purgeRoutes(api, stores);
    exportRoutes(api, stores, report);
    importRoutes(api, stores, report);
    namespaceRoutes(api, stores.namespaces);
    webhookRoutes(api, stores);
    watchRoutes(api, stores.watches, report);
    app.route(base, api);
  }
  app.notFound((c) => notFound(app, c.req.method, c.req.path, c.get("requestId")));
  const refused = (error: unknown, requestId: string, faultOf = ({ fault }: Failure) => fault) => {
    report(error, requestId);
    return error instanceof Failure
      ? respond(faultOf(error), requestId)
      : problemResponse("internal", DEFECT, requestId);
  };
  app.onError((error, c) => refused(error, c.get("requestId"), ({ fault }) => faultFor(c, fault)));
  // A trace is told of a request by the middleware.
  return operation.tracer
    ? app.fetch
    : plainRequests({ stores, rest: app.fetch, routes: app.routes, requestIdOf, refused });
}

/** A caller's own id, so that it finds its request in our log, or a new one. */
const requestIdOf = (brought: string | undefined): string =>
  brought && brought.length <= REQUEST_ID_LENGTH_MAX && /^[\x21-\x7e]+$/.test(brought) ? brought : newRequestId();

/** Drawn by lot once per process; a number tells its requests apart, for a fraction of what an uuid each would cost. */
const PROCESS_ID = randomBytes(8).toString("hex");
let requests = 0;
const newRequestId = (): string => `${PROCESS_ID}-${(++requests).toString(36)}`;

const METHODS = ["GET", "PUT", "PATCH", "DELETE", "POST"];

/** An address that takes other methods says which (RFC 9110, 15.5.6). */
function notFound(app: Hono<Env>, method: string, path: string, requestId: string): Response {
  const takes = (other: string) => app.router.match(other, path)[0].length > 2; // two are middleware, which matches all
  const allow = METHODS.filter(takes).flatMap((other) => (other === "GET" ? ["GET", "HEAD"] : [other]));
  if (allow.length === 0) return problemResponse("unknown-address", `The service does not know ${path}.`, requestId);
  const detail = `${path} does not take ${method}.`;
  return problemResponse("method-not-allowed", detail, requestId, { Allow: allow.join(", ") });
}
