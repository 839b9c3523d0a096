import type { Answer } from "./exchange.ts";
import { membersOf } from "./json-members.ts";
import { problemNameOf } from "./problem.ts";
import type { EntryView, ExpiredView, RevisionView } from "./schema.ts";
import { type Api, type Call, foreignAnswer, problemOf, send } from "./transport.ts";

/** Typed calls on a service, for every program of ours that is not the service. */

export interface KeyPlace {
  readonly namespace: string;
  readonly key: string;
}

/** What is there at a key, and when, by the service's own clock. The value is its JSON text: parsing it would lose digits. */
export type ReadKey =
  | { readonly state: "live"; readonly entry: EntryView; readonly value: string; readonly readAt: Date }
  | { readonly state: "expired"; readonly expiredAt: string }
  | { readonly state: "missing"; readonly readAt: Date };

/** The fields of a write; `undefined` says nothing, null clears. `value` is JSON text. */
export interface EntryFields {
  readonly value?: string | undefined;
  readonly type?: string | undefined;
  readonly ttl?: string | null | undefined;
  readonly expiresAt?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
  readonly secret?: boolean | undefined;
}

/** Which entry of a key is meant, where it is not the current one of its own namespace. */
export interface Which {
  /** The nearest one of the namespace and those above it. */
  readonly inherit?: boolean;
  /** As it was then, though it may be deleted now. Not together with `inherit`. */
  readonly revision?: number;
}

/** Reads a key and never deletes it, though it has expired. */
export async function readKey(
  api: Api,
  at: KeyPlace,
  signal: AbortSignal,
  { inherit, revision }: Which = {},
): Promise<ReadKey> {
  const query = {
    peek: "true",
    ...(inherit && { inherit: "true" }),
    ...(revision !== undefined && { revision: `${revision}` }),
  };
  const call = { method: "GET", path: pathOf(at, query) } as const;
  const answer = await send(api, call, [404, 410], signal);
  if (answer.status === 410) {
    const { expiredAt } = viewOf<ExpiredView>(api, call, answer, "expiredAt");
    return { state: "expired", expiredAt };
  }
  if (answer.status === 404) {
    // Only the service can say that a key is missing; a wrong endpoint answers 404 as well.
    const problem = problemOf(answer);
    if (problem && problemNameOf(problem.type) === "not-found") return { state: "missing", readAt: answeredAt(answer) };
    throw foreignAnswer(api, call, answer);
  }
  const entry = viewOf<EntryView>(api, call, answer, "etag");
  const value = Buffer.from(membersOf(answer.bytes).members.get("value") ?? []).toString();
  return { state: "live", entry, value, readAt: answeredAt(answer) };
}

/** When an answer was given, by the clock of the service. HTTP tells the second; this is its last moment, so that what
 *  the answer says has ended has ended by then. */
export function answeredAt({ headers }: Answer): Date {
  const second = Date.parse(headers.get("date") ?? "");
  return Number.isNaN(second) ? new Date() : new Date(second + 999);
}

/** The newest revisions of a key, deletions and expiries among them, the newest first; none where nothing is known of it. */
export async function lastRevisions(
  api: Api,
  at: KeyPlace,
  limit: number,
  signal: AbortSignal,
  before?: number,
): Promise<readonly RevisionView[]> {
  const query = { limit: `${limit}`, ...(before !== undefined && { before: `${before}` }) };
  const call = { method: "GET", path: pathOf(at, query, "kv:revisions") } as const;
  const answer = await send(api, call, [404], signal);
  const problem = answer.status === 404 ? problemOf(answer) : undefined;
  if (problem && problemNameOf(problem.type) === "not-found") return [];
  return viewOf<readonly RevisionView[]>(api, call, answer, "length");
}

/** Creates a key. Fails with the problem `already-exists` when a live one is there. */
export const createKey = (
  api: Api,
  at: KeyPlace,
  fields: EntryFields & { readonly value: string },
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<EntryView> =>
  writeKey(api, at, "PUT", fields, { "If-None-Match": "*", "Idempotency-Key": idempotencyKey }, signal);

/** Changes the named fields of the revision that `etag` names. Fails with the problem `stale` when it is not the current one. */
export const patchKey = (
  api: Api,
  at: KeyPlace,
  fields: EntryFields,
  etag: string,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<EntryView> =>
  writeKey(api, at, "PATCH", fields, { "If-Match": `"${etag}"`, "Idempotency-Key": idempotencyKey }, signal);

/** True when there was one. Fails with the problem `stale` when another revision is there. */
export async function deleteKey(
  api: Api,
  at: KeyPlace,
  etag: string,
  idempotencyKey: string,
  signal: AbortSignal,
): Promise<boolean> {
  const headers = { "If-Match": `"${etag}"`, "Idempotency-Key": idempotencyKey };
  const call = { method: "DELETE", path: pathOf(at), headers } as const;
  const answer = await send(api, call, [], signal);
  const text = answer.bytes.toString();
  if (text !== "true" && text !== "false") throw foreignAnswer(api, call, answer);
  return text === "true";
}

const ENVELOPE_MEDIA_TYPE = { PUT: "application/vnd.namespace-kv.entry+json", PATCH: "application/merge-patch+json" };

async function writeKey(
  api: Api,
  at: KeyPlace,
  method: "PUT" | "PATCH",
  { value, ...others }: EntryFields,
  conditions: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<EntryView> {
  const headers = { ...conditions, "Content-Type": ENVELOPE_MEDIA_TYPE[method] };
  const call = { method, path: pathOf(at), headers, body: Buffer.from(withValue(others, value)) };
  return viewOf<EntryView>(api, call, await send(api, call, [], signal), "etag");
}

/** The JSON object of `said` and the value; the value goes in as the text that it is. */
export function withValue(said: object, value: string | undefined): string {
  const others = JSON.stringify(said);
  if (value === undefined) return others;
  return others === "{}" ? `{"value":${value}}` : `${others.slice(0, -1)},"value":${value}}`;
}

/** Always by query: that spelling reaches every key, `..` and `a/b` behind a decoding proxy as well. */
function pathOf({ namespace, key }: KeyPlace, query: Readonly<Record<string, string>> = {}, of = "kv:entry"): string {
  return `/namespaces/${encodeURIComponent(namespace)}/${of}?${new URLSearchParams({ key, ...query }).toString()}`;
}

/** The cast is proved by the contract's test; here it is only made sure that a service of ours spoke. */
export function viewOf<View>(api: Api, call: Call, answer: Answer, member: keyof View & string): View {
  try {
    const view: unknown = JSON.parse(answer.bytes.toString());
    if (typeof view === "object" && view !== null && member in view) return view as View;
  } catch {
    throw foreignAnswer(api, call, answer);
  }
  throw foreignAnswer(api, call, answer);
}
