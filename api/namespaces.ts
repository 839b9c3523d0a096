import { viewOf } from "./client.ts";
import { problemNameOf } from "./problem.ts";
import type { NamespaceView } from "./schema.ts";
import { type Api, type Call, foreignAnswer, problemOf, send } from "./transport.ts";

/** Typed calls on the namespaces of a service, for every program of ours that is not the service. */

/** What a write says of a namespace; `undefined` says nothing, null removes. */
export interface NamespaceFields {
  readonly description?: string | null | undefined;
  readonly labels?: Readonly<Record<string, string>> | null | undefined;
  readonly allowedNamespaces?: readonly { readonly namespace: string }[] | null | undefined;
  readonly maxRevisions?: number | null | undefined;
  readonly defaultTtl?: string | null | undefined;
}

const pathOf = (name: string): string => `/namespaces/${encodeURIComponent(name)}`;

/** The namespace, also one that is there only because of its keys; undefined when there is none. */
export async function readNamespace(api: Api, name: string, signal: AbortSignal): Promise<NamespaceView | undefined> {
  const call = { method: "GET", path: pathOf(name) } as const;
  const answer = await send(api, call, [404], signal);
  if (answer.status !== 404) return viewOf<NamespaceView>(api, call, answer, "declared");
  // Only the service can say that a namespace is missing; a wrong endpoint answers 404 as well.
  const problem = problemOf(answer);
  if (problem && problemNameOf(problem.type) === "not-found") return undefined;
  throw foreignAnswer(api, call, answer);
}

/** Creates a namespace. Fails with the problem `namespace-exists` when somebody made it by hand before. */
export const createNamespace = (
  api: Api,
  name: string,
  fields: NamespaceFields,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<NamespaceView> => write(api, "PUT", name, fields, { "If-None-Match": "*" }, idempotencyKey, signal);

/** Changes the named fields of the revision that `etag` names. Fails with the problem `namespace-changed` when it is another. */
export const patchNamespace = (
  api: Api,
  name: string,
  fields: NamespaceFields,
  etag: string,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<NamespaceView> => write(api, "PATCH", name, fields, { "If-Match": `"${etag}"` }, idempotencyKey, signal);

/**
 * Deletes a namespace, with `force` its keys too. Fails with the problems `namespace-not-empty`, `not-found` and, when
 * `etag` is not the current one, `namespace-changed`.
 */
export async function deleteNamespace(
  api: Api,
  name: string,
  etag: string,
  force: boolean,
  signal: AbortSignal,
): Promise<void> {
  const headers = { "If-Match": `"${etag}"` };
  await send(api, { method: "DELETE", path: `${pathOf(name)}?force=${force}`, headers }, [], signal);
}

async function write(
  api: Api,
  method: "PUT" | "PATCH",
  name: string,
  fields: NamespaceFields,
  condition: Readonly<Record<string, string>>,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<NamespaceView> {
  const headers = { ...condition, "Idempotency-Key": idempotencyKey, "Content-Type": "application/json" };
  const call: Call = { method, path: pathOf(name), headers, body: Buffer.from(JSON.stringify(fields)) };
  return viewOf<NamespaceView>(api, call, await send(api, call, [], signal), "declared");
}

/** A namespace and those below it, as the service lists them. */
interface Branch extends NamespaceView {
  readonly children: readonly Branch[];
}

/**
 * All namespaces, or one and those below it, in the order of their names. Parents that nobody made are among them. Fails
 * with the problem `invalid-field` when there are too many for one answer.
 */
export async function listNamespaces(
  api: Api,
  under: string | undefined,
  signal: AbortSignal,
): Promise<readonly NamespaceView[]> {
  const query = under === undefined ? "" : `?${new URLSearchParams({ under }).toString()}`;
  const call = { method: "GET", path: `/namespaces${query}` } as const;
  const roots = viewOf<readonly Branch[]>(api, call, await send(api, call, [], signal), "length");
  const flat = (branches: readonly Branch[]): readonly NamespaceView[] =>
    branches.flatMap(({ children, ...itself }) => [itself, ...flat(children)]);
  return flat(roots);
}
