import type { Context } from "hono";
import { TENANT_DEFAULT } from "../../api/limits.ts";
import type { Place } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import { parseKey } from "../domain/key.ts";
import { type NamespaceName, parseNamespace, parseTenant, type Tenant } from "../domain/namespace.ts";

/** The tenant that a path names. Under the older base path it is the default one. */
export const tenantOf = (c: Context): Tenant => parseTenant(c.req.param("tenant") ?? TENANT_DEFAULT);

/** The namespace that a path names. */
export const scopeOf = (c: Context): { readonly tenant: Tenant; readonly namespace: NamespaceName } => ({
  tenant: tenantOf(c),
  namespace: parseNamespace(c.req.param("namespace") ?? ""),
});

/** The key that a path names: as its last segment, or with so many segments `below` it. */
export const placeInPath = (c: Context, below = 0): Place => ({
  ...scopeOf(c),
  key: parseKey(decoded(segmentOf(c.req.url, below))),
});

/** The key that `?key=` names: for keys that a path cannot carry everywhere, such as `..`. */
export function placeInQuery(c: Context): Place {
  const key = c.req.query("key");
  if (key === undefined)
    throw new Failure({
      kind: "malformed",
      field: "key",
      reason: "Name the key in the query string, such as kv:entry?key=…",
    });
  return { ...scopeOf(c), key: parseKey(key) };
}

/** As it was sent: a router that decodes could not tell `%2F` in a key from a slash between segments. */
function segmentOf(url: string, below: number): string {
  const end = url.search(/[?#]/);
  const path = end === -1 ? url : url.slice(0, end);
  return path.split("/").at(-1 - below) ?? "";
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    throw new Failure({ kind: "malformed", field: "key", reason: "The key in the path is no percent-encoded UTF-8." });
  }
}
