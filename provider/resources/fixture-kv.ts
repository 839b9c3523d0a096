import { afterEach, beforeEach, vi } from "vitest";
import { apiAt } from "../../test/support/workers.ts";
import { bool, nullOf, num, obj, str, unknownOf } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import type { Value } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Session } from "../schema/provider.ts";
import { directStore, type Store } from "../store/store.ts";
import { NAMESPACE_KV } from "./namespace-kv-schema.ts";

/** What the tests of namespace_kv share: a service that answers what a test says, a plan, and a state. */

export interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Headers;
  readonly body: string;
}

export const ENTRY = {
  namespace: "company.team",
  key: "a/b",
  type: "NUMBER",
  revision: 4,
  etag: "0190-four",
  size: 1,
  digest: "hmac-sha256:id:00",
  uri: "s3://bucket/object",
  description: "said elsewhere",
  labels: {},
  secret: false,
  ttl: null,
  creationDate: "2026-01-01T00:00:00.000000Z",
  updateDate: "2026-01-02T00:00:00.000000Z",
  expirationDate: null,
  createdBy: "ada",
  updatedBy: "ada",
  door: "http",
};
export const CURRENT = {
  revision: 9,
  etag: "0190-nine",
  updateDate: "2026-01-03T00:00:00.000000Z",
  updatedBy: "bob",
  door: "http",
};

/** When a key ended, and what is answered of it from then on. */
export const ENDED = "2026-01-04T00:00:00.000000Z";
export const expired = () => json(410, { type: null, value: null, message: "", expiredAt: ENDED, requestId: "r" });

export const json = (status: number, body: unknown, type = "application/json") =>
  new Response(JSON.stringify(body), { status, headers: { "Content-Type": type } });

export const problem = (name: string, status: number, members: object = {}) =>
  json(
    status,
    { type: `/problems/${name}`, title: "", status, detail: "", remedy: "", requestId: "r", ...members },
    "application/problem+json",
  );

export interface StubbedService {
  /** The requests of this test, in their order. */
  readonly sent: Sent[];
  answer: (request: Sent) => Response | Promise<Response>;
}

/** Answers in the service's stead in every test of a file; with ENTRY, until a test says something else. */
export function stubbedService(): StubbedService {
  const sent: Sent[] = [];
  const kv: StubbedService = { sent, answer: () => json(200, ENTRY) };
  beforeEach(() => {
    sent.length = 0;
    kv.answer = () => json(200, ENTRY);
    vi.stubGlobal("fetch", async (url: string, { method, headers, body }: RequestInit) => {
      const text = body ? Buffer.from(body as Uint8Array).toString() : "";
      const request = { method: `${method}`, url, headers: new Headers(headers), body: text };
      sent.push(request);
      return await kv.answer(request);
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });
  return kv;
}

/** The service's answers to each of the requests that an update makes when it is refused. */
export const answers =
  (to: { readonly write?: () => Response; readonly read?: () => Response; readonly history?: () => Response }) =>
  ({ method, url }: Sent): Response => {
    const one = method !== "GET" ? to.write : url.includes("kv:revisions") ? to.history : to.read;
    return one?.() ?? problem("not-found", 404);
  };

export const session = (): Session<Store> => ({
  client: directStore(apiAt("http://kv.test")),
  signal: new AbortController().signal,
  writeSignal: new AbortController().signal,
});

export const said = (values: Readonly<Record<string, Value>>) => {
  const unsaid = Object.entries(NAMESPACE_KV.attributes).map(([name, { type }]) => [name, nullOf(type)] as const);
  return obj({ ...Object.fromEntries(unsaid), namespace: str("company.team"), key: str("a/b"), ...values });
};
export const PLANNED = said({ value: num("1.50"), type: str("NUMBER"), etag: unknownOf(STRING) });
export const PRIOR = said({
  value: num(1),
  type: str("NUMBER"),
  ttl: str("P1D"),
  expires_at: str("2035-01-31T12:00:00.000000Z"),
  description: str("ours"),
  etag: str("0190-four"),
  revision: num(4),
  digest: str("hmac-sha256:id:00"),
  created_at: str(ENTRY.creationDate),
  expired: bool(false),
});
export const changed = (values: Readonly<Record<string, Value>>) =>
  obj(new Map([...PRIOR.entries, ...Object.entries(values)]));

export async function diagnosticOf(work: Promise<unknown>) {
  const failure: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof DiagnosticError) return failure.diagnostic;
  throw failure ?? new Error("It did not fail.");
}
