import { afterEach, beforeEach, vi } from "vitest";
import { apiAt } from "../../test/support/workers.ts";
import { gatheringStore } from "./gathering-store.ts";
import type { Store } from "./store.ts";

/** What the tests of the store share: a service of few keys in memory, which tells each request that it gets. */

export interface Operation {
  readonly op: "get" | "put" | "delete";
  readonly key: string;
  readonly idempotencyKey?: string;
  readonly ifMatch?: string;
  readonly ifNoneMatch?: string;
}

export interface Asked {
  /** Such as `GET key`, `GET list`, `POST get,get`. */
  readonly what: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly operations: readonly Operation[];
  readonly signal: AbortSignal;
}

type Keys = Map<string, number>;

export interface StubbedService {
  readonly asked: Asked[];
  /** Each key's revision; one below zero has expired. */
  readonly keys: Keys;
  /** Keys in one page of a list. */
  pageSize: number;
  /** Of each value, as the entries tell it. */
  size: number;
  /** An answer in the place of the service's own. */
  meddle: ((asked: Asked) => Response | Promise<Response> | undefined) | undefined;
  open(): Store;
}

export const EXPIRED_AT = "2026-01-04T00:00:00.000000Z";

export const refusal = (name: string, status: number) => ({
  type: `/problems/${name}`,
  status,
  title: "t",
  detail: "d",
  remedy: "r",
  requestId: "id",
});
export const problem = (name: string, status: number) =>
  new Response(JSON.stringify(refusal(name, status)), {
    status,
    headers: { "Content-Type": "application/problem+json" },
  });

const entryOf = (key: string, revision: number, size = 1) => ({
  namespace: "n",
  key,
  revision,
  etag: `${key}-${revision}`,
  digest: `d${revision}`,
  size,
  updateDate: EXPIRED_AT,
});

/** Keys as a list orders them. */
const sorted = (keys: Iterable<string>) => [...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));

function found(keys: Keys, key: string) {
  const revision = keys.get(key);
  if (revision === undefined) return { status: 404, problem: refusal("not-found", 404) };
  if (revision < 0) return { status: 410, expired: { expiredAt: EXPIRED_AT } };
  return { status: 200, entry: entryOf(key, revision), value: revision };
}

function one(keys: Keys, key: string): Response {
  const { status, entry, expired, value } = found(keys, key);
  if (status === 404) return problem("not-found", 404);
  return Response.json(expired ? { type: null, value: null, message: "", ...expired } : { ...entry, value }, {
    status,
  });
}

function list({ keys, pageSize, size }: StubbedService, url: URL): Response {
  const from = url.searchParams.get("cursor");
  const isBehind = (key: string) => from === null || Buffer.compare(Buffer.from(key), Buffer.from(from)) > 0;
  const rest = sorted(keys.keys()).filter(isBehind);
  const page = rest.slice(0, pageSize);
  const entries = page.map((key) => {
    const revision = keys.get(key) ?? 0;
    return { ...entryOf(key, Math.abs(revision), size), ...(revision < 0 && { expiredAt: EXPIRED_AT }) };
  });
  const next = `</x?cursor=${encodeURIComponent(page.at(-1) ?? "")}>; rel="next"`;
  return Response.json(entries, { headers: rest.length > page.length ? { Link: next } : {} });
}

function written(keys: Keys, key: string): object {
  const revision = (keys.get(key) ?? 0) + 1;
  keys.set(key, revision);
  return entryOf(key, revision);
}

function answerTo(service: StubbedService, { what, url, operations }: Asked): Response {
  const { keys } = service;
  const key = url.searchParams.get("key") ?? "";
  if (what === "GET list") return list(service, url);
  if (what.startsWith("GET")) return one(keys, key);
  if (what.startsWith("DELETE")) return Response.json(keys.delete(key));
  if (!what.startsWith("POST")) return Response.json(written(keys, key));
  const results = operations.map((operation) => {
    if (operation.op === "get") return found(keys, operation.key);
    if (operation.op === "delete") return { status: 200, deleted: keys.delete(operation.key) };
    return { status: 200, entry: written(keys, operation.key) };
  });
  return Response.json({ results });
}

function askedBy(address: string, { method, headers, body, signal }: RequestInit): Asked {
  const url = new URL(address);
  const text = body ? Buffer.from(body as Uint8Array).toString() : "{}";
  const operations = method === "POST" ? (JSON.parse(text) as { operations: Operation[] }).operations : [];
  const subject = url.searchParams.get("key") ?? (method === "POST" ? operations.map(({ op }) => op).join() : "list");
  return {
    what: `${method} ${subject}`,
    url,
    headers: new Headers(headers),
    operations,
    signal: signal as AbortSignal,
  };
}

/** Answers in the service's stead in every test of a file. */
export function stubbedService(): StubbedService {
  const service: StubbedService = {
    asked: [],
    keys: new Map(),
    pageSize: 1_000,
    size: 1,
    meddle: undefined,
    open: () => gatheringStore(apiAt("http://kv.test")),
  };
  beforeEach(() => {
    service.asked.length = 0;
    service.keys.clear();
    service.pageSize = 1_000;
    service.size = 1;
    service.meddle = undefined;
    vi.stubGlobal("fetch", async (address: string, init: RequestInit) => {
      const asked = askedBy(address, init);
      service.asked.push(asked);
      return (await service.meddle?.(asked)) ?? answerTo(service, asked);
    });
  });
  afterEach(() => vi.unstubAllGlobals());
  return service;
}
