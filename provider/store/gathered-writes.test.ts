import { setMaxListeners } from "node:events";
import { expect, it } from "vitest";
import { refusal, stubbedService } from "./fixture-service.ts";
import type { Store } from "./store.ts";

const service = stubbedService();
const { signal } = new AbortController();
setMaxListeners(0, signal);
const asked = () => service.asked.splice(0).map(({ what }) => what);
const create = (store: Store, key: string, value = "1", own = signal) =>
  store.createKey({ namespace: "n", key }, { value }, `once ${key}`, own);
const remove = (store: Store, key: string) => store.deleteKey({ namespace: "n", key }, "e", `gone ${key}`, signal);

it("one alone goes alone; those of one moment go together, each with its own condition and idempotency key", async () => {
  const store = service.open();
  await create(store, "alone");
  const answers = await Promise.all([
    create(store, "a"),
    create(store, "b"),
    remove(store, "alone"),
    remove(store, "no"),
  ]);
  expect(answers).toMatchObject([{ key: "a" }, { key: "b" }, true, false]);
  expect(service.asked[1]?.operations).toMatchObject([
    { op: "put", key: "a", ifNoneMatch: "*", idempotencyKey: "once a" },
    { op: "put", key: "b", ifNoneMatch: "*", idempotencyKey: "once b" },
    { op: "delete", key: "alone", ifMatch: '"e"', idempotencyKey: "gone alone" },
    { op: "delete", key: "no", ifMatch: '"e"' },
  ]);
  expect(asked()).toEqual(["PUT alone", "POST put,put,delete,delete"]);
});

it("waits a moment for as many as were answered together, and not for ever", async () => {
  const store = service.open();
  await Promise.all(["a", "b", "c"].map((key) => create(store, key)));
  const early = create(store, "d");
  await Promise.resolve();
  const late = [create(store, "e"), create(store, "f")];
  await Promise.all([early, ...late]);
  expect(asked()).toEqual(["POST put,put,put", "POST put,put,put"]);
  await create(store, "g"); // and nobody comes
  expect(asked()).toEqual(["PUT g"]);
});

it("what is above 768 KiB goes alone, and a batch ends there", async () => {
  const store = service.open();
  const half = JSON.stringify("x".repeat(400 * 1_024));
  const whole = JSON.stringify("x".repeat(768 * 1_024));
  await Promise.all([
    create(store, "a", half),
    create(store, "b", half),
    create(store, "c"),
    create(store, "large", whole),
  ]);
  expect(asked().sort()).toEqual(["POST put,put", "PUT a", "PUT large"]);
});

it("a large one does not wait for others that are under way", async () => {
  const store = service.open();
  let go = () => {};
  const held = new Promise<undefined>((resolve) => {
    go = () => resolve(undefined);
  });
  service.meddle = ({ what }) =>
    what === "PUT a" ? held.then(() => Response.json({ etag: "e", updateDate: "d" })) : undefined;
  const first = create(store, "a");
  await expect.poll(() => service.asked.length).toBe(1);
  await create(store, "large", JSON.stringify("x".repeat(768 * 1_024)));
  go();
  await first;
  expect(asked()).toEqual(["PUT a", "PUT large"]);
});

it("no batch has more operations than the service takes", async () => {
  const store = service.open();
  await Promise.all(
    Array.from({ length: 10_001 }, (_, n) =>
      store.createKey({ namespace: "n", key: `${n}` }, { value: "1" }, "", signal),
    ),
  );
  expect(service.asked.map(({ what, operations }) => [what.slice(0, 4), operations.length])).toEqual([
    ["POST", 10_000],
    ["PUT ", 0],
  ]);
});

it.each([429, 502, 503, 504])(
  "what is answered %i within a batch is asked for again by itself, with its own key",
  async (status) => {
    const store = service.open();
    service.meddle = ({ operations }) =>
      operations.length > 0
        ? Response.json({
            results: [
              { status: 200, entry: { key: "a", etag: "e", updateDate: "2026-01-01T00:00:00Z" } },
              { status, problem: refusal("unavailable", status) },
            ],
          })
        : undefined;
    expect(await Promise.all([create(store, "a"), create(store, "b")])).toMatchObject([{ etag: "e" }, { etag: "b-1" }]);
    expect(service.asked[1]?.headers.get("idempotency-key")).toBe("once b");
    expect(asked()).toEqual(["POST put,put", "PUT b"]);
  },
);

it("what is refused otherwise is that write's own failure", async () => {
  const store = service.open();
  service.meddle = () =>
    Response.json({ results: [412, 422].map((status) => ({ status, problem: refusal("stale", status) })) });
  const answers = await Promise.allSettled([create(store, "a"), create(store, "b")]);
  expect(answers).toMatchObject([412, 422].map((status) => ({ reason: { problem: { status } } })));
  expect(asked()).toHaveLength(1);
});

it.each([
  { status: 413, singly: true },
  { status: 405, singly: false },
])("a batch that a proxy answers with $status goes singly: $singly", async ({ status, singly }) => {
  const store = service.open();
  service.meddle = ({ operations }) => (operations.length > 0 ? new Response("<html>", { status }) : undefined);
  const answers = await Promise.allSettled([create(store, "a"), create(store, "b")]);
  expect(answers.map(({ status: how }) => how)).toEqual(new Array(2).fill(singly ? "fulfilled" : "rejected"));
  expect(asked()).toEqual(["POST put,put", ...(singly ? ["PUT a", "PUT b"] : [])]);
});

it("a write counts for the reads after it, and one that failed makes its key unknown", async () => {
  const store = service.open();
  const read = (key: string) => store.readKey({ namespace: "n", key }, "never", signal);
  await create(store, "a");
  await store.patchKey({ namespace: "n", key: "a" }, { description: "d" }, "a-1", "once", signal);
  expect(await read("a")).toMatchObject({ entry: { revision: 2 } });
  expect(asked()).toEqual(["PUT a", "PATCH a"]);
  service.meddle = ({ what }) => (what.startsWith("PATCH") ? new Response("", { status: 403 }) : undefined);
  const failed = store.patchKey({ namespace: "n", key: "a" }, { description: "e" }, "a-2", "twice", signal);
  await expect(failed).rejects.toThrow("403");
  asked();
  service.keys.set("a", 7); // perhaps by this very write
  expect(await read("a")).toMatchObject({ entry: { revision: 7 } });
  await remove(store, "a");
  expect(await read("a")).toMatchObject({ state: "missing" });
  expect(asked()).toEqual(["GET a", "DELETE a", "GET a"]);
});

it("a write that is given up before it goes is not sent", async () => {
  const store = service.open();
  const stop = new AbortController();
  let go = () => {};
  service.meddle = ({ what }) =>
    what === "PUT first"
      ? new Promise((resolve) => (go = () => resolve(Response.json({ etag: "e", updateDate: "2026-01-01T00:00:00Z" }))))
      : undefined;
  const first = create(store, "first");
  await expect.poll(() => service.asked.length).toBe(1);
  const [given, other] = [create(store, "given up", "1", stop.signal), create(store, "other")];
  stop.abort(new Error("on purpose"));
  await expect(given).rejects.toThrow("on purpose");
  go();
  await Promise.all([first, other]);
  expect(asked()).toEqual(["PUT first", "PUT other"]);
});
