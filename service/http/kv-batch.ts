import type { Hono } from "hono";
import { BATCH_BYTES_MAX } from "../../api/limits.ts";
import { runEach } from "../domain/batch.ts";
import { runTogether } from "../domain/batch-together.ts";
import type { Stores } from "../domain/writes.ts";
import { authorOf } from "./author.ts";
import { parseBatch } from "./batch-operations.ts";
import { type ResultWriter, resultsBody } from "./batch-results.ts";
import { envelopeBytes } from "./body.ts";
import { refuseConditionsOfMany } from "./conditions.ts";
import type { Env } from "./env.ts";
import { scopeOf } from "./place.ts";

/** Many operations in one request, each with its own precondition and its own result, or all of them or none. */
export function batchRoutes(app: Hono<Env>, stores: Stores, report: ResultWriter["report"]): void {
  app.post("/namespaces/:namespace/kv:batch", async (c) => {
    refuseConditionsOfMany(c, "Give each operation its own ifMatch or ifNoneMatch.");
    const surroundings = { scope: scopeOf(c), author: authorOf(c) };
    const { atomic, operations } = parseBatch(await envelopeBytes(c, BATCH_BYTES_MAX), surroundings);
    const signal = c.req.raw.signal;
    const results = await (atomic ? runTogether : runEach)(stores, operations, signal);
    const body = resultsBody(results, { stores, requestId: c.get("requestId"), signal, report });
    return new Response(ReadableStream.from(body) as ConstructorParameters<typeof Response>[0], {
      headers: { "Content-Type": "application/json" },
    });
  });
}
