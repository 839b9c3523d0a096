import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Hono } from "hono";
import type { Env } from "./env.ts";

/** The page's files, none of which comes from elsewhere: it works without a network, and tells nobody who reads it. */
const FILES = {
  "index.html": "text/html; charset=utf-8",
  "page.js": "text/javascript; charset=utf-8",
  "page.css": "text/css; charset=utf-8",
  "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
  "swagger-ui.css": "text/css; charset=utf-8",
  "favicon-32x32.png": "image/png",
} as const;

/** Scripts and requests of this origin alone. Swagger UI has its icons as data in its style sheet. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/**
 * `/docs` shows the OpenAPI document, and tries its operations; `/` leads there. `folder` holds the files, put there by the
 * build.
 */
export function docsRoutes(app: Hono<Env>, folder: URL): void {
  app.get("/", (c) => c.redirect("docs", 302));
  app.get("/docs", (c) => answer(folder, "index.html", c.req.header("if-none-match")));
  // Beside `/docs/` the page's relative addresses would lead nowhere.
  app.get("/docs/", (c) => c.redirect("../docs", 308));
  for (const file of Object.keys(FILES) as (keyof typeof FILES)[])
    app.get(`/docs/${file}`, (c) => answer(folder, file, c.req.header("if-none-match")));
}

/** Read anew each time: seldom asked for, and too large to be kept in memory. Browsers keep it, and ask whether it changed. */
async function answer(folder: URL, file: keyof typeof FILES, known: string | undefined): Promise<Response> {
  const bytes = await readFile(new URL(file, folder));
  const etag = `"${createHash("sha256").update(bytes).digest("base64url")}"`;
  const headers = {
    ETag: etag,
    "Cache-Control": "no-cache",
    "Content-Security-Policy": POLICY,
    "Content-Type": FILES[file],
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
  };
  const same = known?.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
  return same ? new Response(null, { status: 304, headers }) : new Response(bytes, { headers });
}
