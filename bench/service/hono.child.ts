import { once } from "node:events";
import { serve } from "@hono/node-server";
import { Hono } from "hono";

/** What a bare Hono answers to every GET of a key: the bytes and headers that the service answered once. */
export interface Copied {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const [{ headers, body }] = (await once(process, "message")) as [Copied];
const app = new Hono();
app.get("/api/v1/:tenant/namespaces/:namespace/kv/:key", (c) => c.body(body, 200, headers));
serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => process.send?.(port));
process.once("disconnect", () => process.exit());
