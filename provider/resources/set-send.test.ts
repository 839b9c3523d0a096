import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { BATCH_OPERATIONS_MAX } from "../../api/limits.ts";
import { apiAt } from "../../test/support/workers.ts";
import { num, obj } from "../cty/make.ts";
import { DiagnosticError, error } from "../schema/diagnostic.ts";
import type { Session } from "../schema/provider.ts";
import { directStore, type Store } from "../store/store.ts";
import { listed, setWith } from "./fixture-set.ts";
import { namespaceKvSet } from "./namespace-kv-set.ts";
import type { SetWrite } from "./set-comparison.ts";
import { membersOf } from "./set-members.ts";
import { sendWrites } from "./set-send.ts";

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
const PROBLEM_JSON = { status: 409, headers: { "Content-Type": "application/problem+json" } };
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

describe("a batch", () => {
  const remove = (key: string): SetWrite => ({ op: "delete", key, only: { etag: `${key}-1` } });
  const put = (key: string): SetWrite => ({
    op: "put",
    key,
    fields: { value: "1", type: "NUMBER" },
    only: "if-absent",
  });
  const current = { revision: 2, etag: "e", updateDate: "u", updatedBy: "ada", door: "http" };
  const told = (name: string, status: number, more: object = {}) => ({
    type: `/problems/${name}`,
    title: "t",
    status,
    detail: "d",
    remedy: "r",
    ...more,
  });

  /** A service that refuses whatever `refuses` names a problem for, and the bodies that it is sent. */
  function service(refuses: Readonly<Record<string, object>>) {
    const bodies: { readonly atomic: boolean; readonly operations: readonly { key: string; op: string }[] }[] = [];
    vi.stubGlobal("fetch", async (_: string, { body }: { readonly body: Uint8Array }) => {
      const sent = JSON.parse(Buffer.from(body).toString()) as (typeof bodies)[number];
      bodies.push(sent);
      const operations = sent.operations.flatMap(({ key }, index) =>
        refuses[key] ? [{ index, key, status: 412, problem: refuses[key] }] : [],
      );
      if (operations.length > 0) return Response.json(told("batch-refused", 409, { operations }), PROBLEM_JSON);
      const results = sent.operations.map(({ key, op }) =>
        op === "put" ? { status: 200, entry: listed(key) } : { status: 200, deleted: true },
      );
      return Response.json({ results });
    });
    return () => bodies.map(({ atomic, operations }) => [atomic, ...operations.map(({ key }) => key)]);
  }

  it("is atomic, and is sent once more without what is gone already", async () => {
    const sent = service({ gone: told("stale", 412) });
    const { done, failed } = await sendWrites("n", [remove("gone"), put("a"), remove("b")], session());
    expect(sent()).toEqual([
      [true, "gone", "a", "b"],
      [true, "a", "b"],
    ]);
    expect([failed, done.get("gone"), done.get("b"), done.get("a")]).toMatchObject([
      undefined,
      "gone",
      "gone",
      { etag: "a-1" },
    ]);
  });

  it("of which nothing is left is done", async () => {
    const sent = service({ x: told("stale", 412), y: told("stale", 412) });
    const { done, failed } = await sendWrites("n", [remove("x"), remove("y")], session());
    expect([sent(), failed, [...done]]).toEqual([
      [[true, "x", "y"]],
      undefined,
      [
        ["x", "gone"],
        ["y", "gone"],
      ],
    ]);
  });

  it.each([
    { when: "a key to be deleted has changed", writes: [remove("x")], refuses: told("stale", 412, { current }) },
    { when: "a key to be written is gone", writes: [put("x")], refuses: told("stale", 412) },
    { when: "a deletion is refused otherwise", writes: [remove("x")], refuses: told("invalid-field", 422) },
    { when: "only one of two is gone", writes: [remove("gone"), put("x")], refuses: told("already-exists", 412) },
  ])("fails as a whole when $when", async ({ writes, refuses }) => {
    const sent = service({ x: refuses, gone: told("stale", 412) });
    const { done, failed } = await sendWrites("n", writes, session());
    expect([sent().length, done.size, failed?.perhapsDone]).toEqual([1, 0, false]);
    expect(failed?.batch.map(({ key }) => key)).toEqual(writes.map(({ key }) => key));
  });

  it("names of those that were refused behind the gone only what was sent", async () => {
    let asked = 0;
    const refusals = [
      [{ index: 0, key: "gone", status: 412, problem: told("stale", 412) }],
      [{ index: 0, key: "x", status: 412, problem: told("already-exists", 412) }],
    ];
    vi.stubGlobal("fetch", async () =>
      Response.json(told("batch-refused", 409, { operations: refusals[asked++] }), PROBLEM_JSON),
    );
    const { done, failed } = await sendWrites("n", [remove("gone"), put("x")], session());
    expect([[...done], failed?.batch.map(({ key }) => key)]).toEqual([[["gone", "gone"]], ["x"]]);
  });

  it("whose answer says that a part was refused is not taken for done", async () => {
    const results = [{ status: 412, problem: told("stale", 412, { current }) }];
    vi.stubGlobal("fetch", async () => Response.json({ results }));
    const { done, failed } = await sendWrites("n", [remove("a")], session());
    expect([done.size, failed?.failure]).toMatchObject([0, { problem: { type: "/problems/stale" } }]);
  });

  it("is not begun once Terraform has been interrupted", async () => {
    const sent = service({});
    const signal = AbortSignal.abort(new DiagnosticError(error("Interrupted", "Stopped.")));
    const { done, failed } = await sendWrites("n", [put("a")], { ...session(), signal });
    expect([sent(), done.size, failed?.perhapsDone]).toEqual([[], 0, false]);
  });
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
