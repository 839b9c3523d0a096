import type { Place } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import { parseKey } from "../domain/key.ts";
import { parseNamespace, parseTenant } from "../domain/namespace.ts";
import { missing, type Stores } from "../domain/writes.ts";
import { CONDITIONS } from "./conditions.ts";
import { keptAnswer } from "./entry-answer.ts";
import type { Env, Incoming } from "./env.ts";

/** The route whose commonest requests are answered here; metrics and the access log name it. */
const STEM = "/api/v1/:tenant/namespaces/:namespace/kv/";
const ROUTE = `${STEM}:key`;

/** That route, without a query and with nothing in it that is percent-encoded or that an URL would resolve. */
const PLAIN = /^\/api\/v1\/([\w-]+)\/namespaces\/([\w-][\w.-]*)\/kv\/([\w-][\w.-]*)$/;

/** What takes a request as it came to its answer. */
export type Fetch = (request: Request, env: Env["Bindings"]) => Response | Promise<Response>;

export interface PlainGets {
  readonly stores: Stores;
  /** Everything else. */
  readonly rest: Fetch;
  /** The patterns that `rest` knows: where a key would be, some have a word that means something else. */
  readonly routes: readonly { readonly path: string }[];
  readonly requestIdOf: (brought: string | undefined) => string;
  /** The answer to what went wrong. */
  readonly refused: (error: unknown, requestId: string) => Response;
}

/**
 * Answers the request that a store gets most, a GET of a key whose bytes are in memory, with what the handlers are made
 * of and without the router and its middleware, which cost as much again (measured; decision 0016). Whatever is not as
 * plain as that goes to `rest`, and is decided there alone.
 */
export function plainGets({ stores, rest, routes, requestIdOf, refused }: PlainGets): Fetch {
  const words = new Set(routes.flatMap(({ path }) => (path.startsWith(STEM) ? [path.slice(STEM.length)] : [])));
  return (request, env) => {
    const { incoming, outgoing } = env;
    const at = incoming && outgoing ? plainPlace(incoming) : undefined;
    if (!incoming || !outgoing || !at || words.has(at.key)) return rest(request, env);
    const requestId = requestIdOf(incoming.headers["x-request-id"] as string | undefined);
    const told = () => {
      outgoing.requestId = requestId;
      outgoing.route = ROUTE;
    };
    const fail = (error: unknown): Response => {
      told();
      if (error instanceof Failure) outgoing.fault = error.fault.kind;
      const response = refused(error, requestId);
      response.headers.set("X-Request-Id", requestId);
      return response;
    };
    return stores.metadata.find(at).then((found) => {
      if (found === undefined || found.state === "gone") return fail(missing(at));
      const bytes = found.state === "live" ? stores.objects.kept?.(found.entry.slice) : undefined;
      if (!bytes) return rest(request, env); // to fetch them, or to remove what has expired
      told();
      return keptAnswer(found.entry, bytes, stores, requestId);
    }, fail);
  };
}

/** The key that a plain GET asks for; undefined for every other request, also one that must be refused. */
export function plainPlace({ method, url, headers }: Incoming): Place | undefined {
  if (method !== "GET" || CONDITIONS.some((name) => headers[name] !== undefined)) return undefined;
  const names = PLAIN.exec(url ?? "");
  if (!names) return undefined;
  const [, tenant = "", namespace = "", key = ""] = names;
  try {
    return { tenant: parseTenant(tenant), namespace: parseNamespace(namespace), key: parseKey(key) };
  } catch {
    return undefined;
  }
}
