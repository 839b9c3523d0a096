import type { Context } from "hono";
import { Failure } from "../domain/fault.ts";
import type { Exchange, Tracer } from "../domain/telemetry.ts";
import type { Env } from "./env.ts";

/** What the router calls the first middleware, which is all that matches an address that no route has. */
const NO_ROUTE = "/*";

/** Runs the handlers inside a span of the caller's trace, or of a new one. */
export function traced(c: Context<Env>, exchange: Exchange, tracer: Tracer, next: () => Promise<void>): Promise<void> {
  const span = tracer.begin((name) => c.req.header(name), c.get("requestId"));
  exchange.span = span;
  return span.run(next);
}

/** Tells the server's own record of the exchange what it cannot see. */
export function told(c: Context<Env>, exchange: Exchange): void {
  exchange.requestId = c.get("requestId");
  if (c.error instanceof Failure) exchange.fault = c.error.fault.kind;
  const route = c.req.routePath;
  if (route !== NO_ROUTE) exchange.route = route;
}
