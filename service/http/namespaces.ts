import { createHash } from "node:crypto";
import type { Context, Hono } from "hono";
import { NAMESPACE_BYTES_MAX } from "../../api/limits.ts";
import type { NamespaceContentsView } from "../../api/schema.ts";
import { Failure } from "../domain/fault.ts";
import {
  contentsOfNamespace,
  isParent,
  NO_SETTINGS,
  noNamespace,
  patchNamespace,
  putNamespace,
  removeNamespace,
} from "../domain/namespace-changes.ts";
import type { Namespace, NamespaceCondition, NamespaceRemoval, Namespaces, Repeatable } from "../domain/namespaces.ts";
import type { Author } from "../domain/writes.ts";
import { authorOf } from "./author.ts";
import { envelopeBytes } from "./body.ts";
import { etagHeader, isKnown, isWantedBy, preconditionOf, refuseConditions } from "./conditions.ts";
import type { Env } from "./env.ts";
import { type NamespaceDocument, parseNamespaceDocument } from "./namespace-body.ts";
import { namespaceListRoutes } from "./namespace-list.ts";
import { namespaceText, parentText } from "./namespace-view.ts";
import { scopeOf, tenantOf } from "./place.ts";
import { flagOf } from "./query.ts";

/** The routes of namespaces, on Kestra's paths. The lists come first: their paths are names that no namespace has. */
export function namespaceRoutes(app: Hono<Env>, namespaces: Namespaces): void {
  namespaceListRoutes(app, namespaces);
  app.post("/namespaces", (c) => create(c, namespaces));
  app.get("/namespaces/:namespace", (c) => get(c, namespaces));
  app.put("/namespaces/:namespace", (c) => put(c, namespaces));
  app.patch("/namespaces/:namespace", (c) => patch(c, namespaces));
  app.delete("/namespaces/:namespace", (c) => remove(c, namespaces));
}

async function create(c: Context, namespaces: Namespaces): Promise<Response> {
  refuseConditions(c, "A POST fails where somebody has made the namespace already; PUT and PATCH take conditions.");
  const [tenant, author] = [tenantOf(c), authorOf(c)];
  const { document, repeatable } = await bodyOf(c, author);
  if (document.id === undefined)
    throw new Failure({ kind: "invalid", field: "id", reason: "A new namespace needs its name." });
  const at = { tenant, name: document.id };
  const settings = document.change(NO_SETTINGS);
  return answer(await putNamespace(namespaces, at, { kind: "undeclared" }, settings, author.by, repeatable));
}

async function get(c: Context, namespaces: Namespaces): Promise<Response> {
  const at = placeOf(c);
  const isWanted = isWantedBy(c.req.header("if-match"));
  const namespace = await namespaces.find(at.tenant, at.name);
  if (!namespace && !(await isParent(namespaces, at))) throw noNamespace(at.name);
  if (isWanted?.(namespace?.etag) === false) throw new Failure({ kind: "namespace_changed", namespace: at.name });
  if (namespace && isKnown(c.req.header("if-none-match"), namespace.etag))
    return new Response(null, { status: 304, headers: headersOf(namespace) });
  return namespace ? answer(namespace) : new Response(parentText(at.name), { headers: JSON_HEADERS });
}

async function put(c: Context, namespaces: Namespaces): Promise<Response> {
  const at = placeOf(c);
  const [only, author] = [conditionOf(c), authorOf(c)];
  const { document, repeatable } = await bodyFor(c, author, at.name);
  return answer(await putNamespace(namespaces, at, only, document.change(NO_SETTINGS), author.by, repeatable));
}

async function patch(c: Context, namespaces: Namespaces): Promise<Response> {
  const at = placeOf(c);
  const [only, author] = [conditionOf(c), authorOf(c)];
  const { document, repeatable } = await bodyFor(c, author, at.name);
  return answer(await patchNamespace(namespaces, at, only, document.change, author.by, repeatable));
}

/** 204 when it is gone, as Kestra answers; with `dryRun=true` what would go. */
async function remove(c: Context, namespaces: Namespaces): Promise<Response> {
  const only = conditionOf(c);
  if (only.kind === "undeclared")
    throw new Failure({ kind: "malformed", field: "If-None-Match", reason: "A DELETE takes only If-Match." });
  const author = authorOf(c);
  const { by, door } = author;
  const force = flagOf(c, "force");
  const repeatable = repeatableOf(c, author, `force=${force}`);
  const removal: NamespaceRemoval = { ...placeOf(c), only, force, by, door, repeatable };
  if (flagOf(c, "dryRun")) {
    const contents = await contentsOfNamespace(namespaces, removal);
    return Response.json({ namespace: removal.name, ...contents } satisfies NamespaceContentsView);
  }
  await removeNamespace(namespaces, removal, c.req.raw.signal);
  return new Response(null, { status: 204 });
}

function placeOf(c: Context) {
  const { tenant, namespace } = scopeOf(c);
  return { tenant, name: namespace };
}

/** `If-None-Match: *` wants a namespace that nobody has made by hand. */
function conditionOf(c: Context): NamespaceCondition {
  const headers = { ifMatch: c.req.header("if-match"), ifNoneMatch: c.req.header("if-none-match") };
  const only = preconditionOf({ ...headers, overwrite: undefined });
  return only.kind === "absent" ? { kind: "undeclared" } : only;
}

interface Body {
  readonly document: NamespaceDocument;
  readonly repeatable: Repeatable | undefined;
}

async function bodyOf(c: Context, author: Author): Promise<Body> {
  const bytes = await envelopeBytes(c, NAMESPACE_BYTES_MAX);
  return { document: parseNamespaceDocument(bytes), repeatable: repeatableOf(c, author, bytes) };
}

/** What is asked is the method and what it says; conditions need not hold for a repeat, so they are no part of it. */
function repeatableOf(c: Context, { idempotencyKey }: Author, said: string | Uint8Array): Repeatable | undefined {
  if (idempotencyKey === undefined) return undefined;
  const request = createHash("sha256").update(`${c.req.method} `).update(said).digest("hex");
  return { idempotencyKey, request };
}

async function bodyFor(c: Context, author: Author, name: string): Promise<Body> {
  const body = await bodyOf(c, author);
  const { document } = body;
  if (document.id !== undefined && document.id !== name)
    throw new Failure({ kind: "invalid", field: "id", reason: "It must be the name in the path, or be left out." });
  return body;
}

const JSON_HEADERS = { "Content-Type": "application/json" };
const headersOf = ({ etag }: Namespace) => ({ ETag: etagHeader(etag) });

const answer = (namespace: Namespace): Response =>
  new Response(namespaceText(namespace), { headers: { ...JSON_HEADERS, ...headersOf(namespace) } });
