import { Failure } from "../domain/fault.ts";
import type { Stores } from "../domain/writes.ts";
import type { Env } from "./env.ts";
import { plainGet } from "./plain-get.ts";
import { plainPut } from "./plain-put.ts";
import { type PlainMethod, plainPlace } from "./plain-request.ts";

/** The route whose commonest requests are answered here; metrics and the access log name it. */
const STEM = "/api/v1/:tenant/namespaces/:namespace/kv/";
const ROUTE = `${STEM}:key`;

/** What takes a request as it came to its answer. */
export type Fetch = (request: Request, env: Env["Bindings"]) => Response | Promise<Response>;

const METHODS: ReadonlyMap<string | undefined, PlainMethod> = new Map([
  ["GET", plainGet],
  ["PUT", plainPut],
]);

export interface PlainRequests {
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
 * Answers the requests that a store gets most, of one key and without a word more than that, with what the handlers are
 * made of and without the router and its middleware, which cost as much again (measured; decision 0016). Whatever is not as
 * plain as that goes to `rest`, and is decided there alone.
 */
export function plainRequests({ stores, rest, routes, requestIdOf, refused }: PlainRequests): Fetch {
  const words = new Set(routes.flatMap(({ path }) => (path.startsWith(STEM) ? [path.slice(STEM.length)] : [])));
  return (request, env) => {
    const { incoming, outgoing } = env;
    const method = METHODS.get(incoming?.method);
    if (!method || !incoming || !outgoing || !method.takes(incoming)) return rest(request, env);
    const at = plainPlace(incoming);
    if (!at || words.has(at.key)) return rest(request, env);
    const requestId = requestIdOf(incoming.headers["x-request-id"] as string | undefined);
    const told = () => {
      outgoing.requestId = requestId;
      outgoing.route = ROUTE;
    };
    const answered = (response: Response | undefined) => {
      if (!response) return rest(request, env);
      told();
      return response;
    };
    const failed = (error: unknown): Response => {
      if (!(error instanceof Error)) throw error; // the reason of an aborted request, whom nobody answers
      told();
      if (error instanceof Failure) outgoing.fault = error.fault.kind;
      const response = refused(error, requestId);
      response.headers.set("X-Request-Id", requestId);
      return response;
    };
    return method.answer({ at, request, incoming, outgoing, requestId }, stores).then(answered, failed);
  };
}
