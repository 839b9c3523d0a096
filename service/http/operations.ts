import type { Hono } from "hono";
import { READY_SECONDS_MAX } from "../../api/limits.ts";
import { PROBLEM_BASE, PROBLEMS, type ProblemName } from "../../api/problem.ts";
import type { Tracer } from "../domain/telemetry.ts";
import type { Stores } from "../domain/writes.ts";
import type { Env } from "./env.ts";

/** What a service says of itself while it runs, and to whom. */
export interface Operation {
  /** True from the signal to stop on: load balancers are told before connections are refused. */
  readonly draining: () => boolean;
  /** All figures, in the text format that `contentType` names. */
  readonly metrics: { readonly contentType: string; text(): Promise<string> };
  readonly tracer: Tracer | undefined;
  /** The folder with the files of the page that shows the OpenAPI document. */
  readonly docs: URL;
}

/** Outside the API's base: liveness, readiness, the OpenAPI document and the pages of the problem types. */
export function operationRoutes(
  app: Hono<Env>,
  stores: Stores,
  { draining, metrics }: Pick<Operation, "draining" | "metrics">,
  openapi: () => unknown,
): void {
  app.get("/healthz", (c) => c.json({ status: "ok" }));
  app.get("/readyz", async (c) => {
    if (draining()) return c.json({ status: "draining" }, 503);
    try {
      await inTime(Promise.all([stores.metadata.ready(), stores.objects.ready()]));
    } catch {
      return c.json({ status: "unavailable" }, 503); // the stores' own calls log what they met
    }
    return c.json({ status: "ok" });
  });
  app.get("/metrics", async (c) => c.body(await metrics.text(), 200, { "Content-Type": metrics.contentType }));
  app.get("/openapi.json", (c) => c.json(openapi() as object));
  for (const [name, { status, title, remedy }] of Object.entries(PROBLEMS))
    app.get(`${PROBLEM_BASE}${name as ProblemName}`, (c) => c.text(`${title} (HTTP ${status})\n\n${remedy}\n`));
}

/** Who asks for readiness asks again soon, and has no use for an answer that comes late. */
async function inTime(ready: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error("A store does not answer.")), READY_SECONDS_MAX * 1_000);
  });
  await Promise.race([ready, late]).finally(() => clearTimeout(timer));
}
