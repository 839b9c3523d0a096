import type { Context } from "hono";
import { Failure } from "../domain/fault.ts";
import type { Tracer } from "../domain/telemetry.ts";
import type { Env } from "./env.ts";

/** What the router calls the first middleware, which is all that matches an address that no route has. */
const NO_ROUTE = "/*";

/** Runs the handlers, and tells the server's own record of the exchange what it cannot see: id, route and span. */
export async function followed(c: Context<Env>, tracer: Tracer | undefined, next: () => Promise<void>): Promise<void> {
  const exchange = c.env?.outgoing;
  if (!exchange) return next();
  const requestId = c.get("requestId");
  exchange.requestId = requestId;
  if (tracer) {
    exchange.span = tracer.begin((name) => c.req.header(name), requestId);
    await exchange.span.run(next);
  } else await next();
  if (c.error instanceof Failure) exchange.fault = c.error.fault.kind;
  const route = c.req.routePath;
  if (route !== NO_ROUTE) exchange.route = route;
}
