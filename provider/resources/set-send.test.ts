import { afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { num, obj } from "../cty/make.ts";
import { DiagnosticError, error } from "../schema/diagnostic.ts";
import type { Session } from "../schema/provider.ts";
import { directStore, type Store } from "../store/store.ts";
import { setWith } from "./fixture-set.ts";
import { namespaceKvSet } from "./namespace-kv-set.ts";

// A first request would load it, which no faked timer waits for.
beforeAll(() => import("../../api/exchange.ts"));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const stop = new AbortController();
const session: Session<Store> = {
  client: directStore({
    endpoint: "http://kv.test",
    tenant: "main",
    authorization: undefined,
    door: "terraform",
    timeoutMs: 1_000,
  }),
  signal: new AbortController().signal,
  writeSignal: stop.signal,
};

const unavailable = JSON.stringify({
  type: "/problems/unavailable",
  title: "t",
  status: 503,
  detail: "d",
  remedy: "r",
});
const lists = () => new Response("[]", { headers: { "Content-Type": "application/json" } });

describe("a set whose batch may have happened says so", () => {
  it.each([
    {
      when: "the service cannot reach its store",
      answer: () => new Response(unavailable, { status: 503, headers: { "Content-Type": "application/problem+json" } }),
    },
    { when: "a proxy lost the answer", answer: () => new Response("", { status: 504 }) },
    {
      when: "Terraform waits no longer",
      answer: () => {
        stop.abort(new DiagnosticError(error("Interrupted", "Stopped.")));
        throw new TypeError("fetch failed");
      },
    },
  ])("when $when", async ({ answer }) => {
    vi.useFakeTimers();
    vi.stubGlobal("fetch", async (_: string, { method }: RequestInit) => (method === "GET" ? lists() : answer()));
    const planned = setWith({ values: obj({ a: num(1) }) });
    const work = namespaceKvSet.create(planned, session, { config: planned, notes: {} });
    await vi.runAllTimersAsync();
    const { state, diagnostics = [] } = await work;
    expect(state).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { severity: "error", detail: expect.stringContaining('Whether "a" was written is not known') },
    ]);
  });
});
