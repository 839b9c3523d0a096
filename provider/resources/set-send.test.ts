import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { BATCH_OPERATIONS_MAX } from "../../api/limits.ts";
import { apiAt } from "../../test/support/workers.ts";
import { num, obj } from "../cty/make.ts";
import { DiagnosticError, error } from "../schema/diagnostic.ts";
import type { Session } from "../schema/provider.ts";
import { directStore, type Store } from "../store/store.ts";
import { listed, setWith } from "./fixture-set.ts";
import { namespaceKvSet } from "./namespace-kv-set.ts";
import { membersOf } from "./set-members.ts";

// A first request would load it, which no faked timer waits for.
beforeAll(() => import("../../api/exchange.ts"));
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

let stop: AbortController;
beforeEach(() => {
  stop = new AbortController();
});
const session = (): Session<Store> => ({
  client: directStore(apiAt("http://kv.test")),
  signal: new AbortController().signal,
  writeSignal: stop.signal,
});

const unavailable = JSON.stringify({
  type: "/problems/unavailable",
  title: "t",
  status: 503,
  detail: "d",
  remedy: "r",
});
const lists = () => new Response("[]", { headers: { "Content-Type": "application/json" } });

it("a mistake of our own does not make a set forget what was written before it", async () => {
  let batches = 0;
  vi.stubGlobal(
    "fetch",
    async (_: string, { method, body }: { readonly method: string; readonly body: Uint8Array }) => {
      if (method === "GET") return lists();
      const { operations } = JSON.parse(Buffer.from(body).toString()) as { operations: { key: string }[] };
      const results = operations.map(({ key }) =>
        batches > 0 ? { status: 200 } : { status: 200, entry: listed(key) },
      );
      batches++;
      return Response.json({ results });
    },
  );
  const keys = Array.from({ length: BATCH_OPERATIONS_MAX + 1 }, (_, n) => `k${n}`);
  const planned = setWith({ values: obj(Object.fromEntries(keys.map((key) => [key, num(1)]))) });
  const { state, diagnostics = [] } = await namespaceKvSet.create(planned, session(), { config: planned, notes: {} });
  expect(state && membersOf(state).size).toBe(BATCH_OPERATIONS_MAX);
  expect(diagnostics.map(({ summary }) => summary)).toEqual([
    "The provider made a mistake",
    "Not all keys were written",
  ]);
});

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
    const work = namespaceKvSet.create(planned, session(), { config: planned, notes: {} });
    await vi.runAllTimersAsync();
    const { state, diagnostics = [] } = await work;
    expect(state).toBeUndefined();
    expect(diagnostics).toMatchObject([
      { severity: "error", detail: expect.stringContaining('Whether "a" was written is not known') },
    ]);
  });
});
