import { setMaxListeners } from "node:events";
import { describe, expect, it } from "vitest";
import { problem, refusal, stubbedService } from "./fixture-service.ts";
import type { Store, ValueWanted } from "./store.ts";

const service = stubbedService();
const { signal } = new AbortController();
setMaxListeners(0, signal);

const read = (store: Store, key: string, wanted: ValueWanted = "never") =>
  store.readKey({ namespace: "n", key }, wanted, signal);
const asked = () => service.asked.splice(0).map(({ what }) => what);
const fill = (...keys: string[]) => {
  for (const key of keys) service.keys.set(key, 1);
};
/** A store that has made the two requests by name, so that the next one may be a list. */
async function listing() {
  const store = service.open();
  for (const key of ["first", "second"]) await read(store, key);
  asked();
  return store;
}

describe("requests", () => {
  it("ask twice by name, what comes meanwhile together and each key once, then for the list", async () => {
    fill("a", "b", "c", "d", "e");
    const store = service.open();
    await Promise.all(["a", "b", "c", "b"].map((key) => read(store, key)));
    expect(asked()).toEqual(["GET a", "POST get,get"]);
    expect(await Promise.all(["d", "e", "a"].map((key) => read(store, key)))).toMatchObject([
      { entry: { key: "d" } },
      { entry: { key: "e" } },
      { entry: { key: "a" } },
    ]);
    expect(service.asked[0]?.url.search).toBe("?limit=1000&expired=true");
    expect(asked()).toEqual(["GET list"]);
  });

  it("for a list end with the pages that so few keys justify", async () => {
    fill("a", "b", "c", "z");
    service.pageSize = 1;
    const store = await listing();
    expect(await read(store, "z")).toMatchObject({ entry: { key: "z" } });
    expect(asked()).toEqual(["GET list", "GET z"]); // one page, and it is not in it
    await read(store, "y");
    expect(asked()).toEqual(["GET y"]);
  });

  it("for a list go on behind the last page, in the order of bytes, and never for what a page has passed", async () => {
    const keys = Array.from({ length: 12 }, (_, n) => `k${n + 10}`);
    fill(...keys, "\u{ffff}", "\u{1f98a}");
    service.pageSize = 13;
    const store = await listing();
    await Promise.all(keys.map((key) => read(store, key)));
    expect(asked()).toEqual(["GET list"]);
    expect(await read(store, "\u{ffff}")).toMatchObject({ state: "live" });
    expect(asked()).toEqual([]);
    expect(await read(store, "k00")).toMatchObject({ state: "missing" }); // before the end of the page, and not in it
    expect(asked()).toEqual(["GET k00"]);
    expect(await read(store, "\u{1f98a}")).toMatchObject({ state: "live" });
    expect(new URLSearchParams(service.asked[0]?.url.search).get("cursor")).toBe("\u{ffff}");
    expect(asked()).toEqual(["GET list"]);
    expect(await read(store, "\u{1ffff}")).toMatchObject({ state: "missing" });
    expect(asked()).toEqual(["GET \u{1ffff}"]); // that was the last page
  });

  it.each([
    { of: 9, pages: 1 },
    { of: 10, pages: 10 },
    { of: 40, pages: 12 },
  ])("of $of keys that nobody lists get $pages pages", async ({ of, pages }) => {
    fill(...Array.from({ length: 40 }, (_, n) => `a${n + 10}`));
    service.pageSize = 1;
    const store = await listing();
    await Promise.all(Array.from({ length: of - 2 }, (_, n) => read(store, `z${n}`)));
    expect(asked().filter((what) => what === "GET list")).toHaveLength(pages);
  });
});

it.each([
  { by: "the service", first: () => problem("malformed-request", 400), again: false },
  { by: "a proxy", first: () => new Response("<html>", { status: 403 }), again: false },
])("a list that $by refuses is not tried again, and keys are asked for by name", async ({ first }) => {
  fill("a", "b");
  const store = await listing();
  service.meddle = ({ what }) => (what === "GET list" ? first() : undefined);
  expect(await Promise.all(["a", "b"].map((key) => read(store, key)))).toMatchObject([
    { state: "live" },
    { state: "live" },
  ]);
  expect(asked()).toEqual(["GET list", "POST get,get"]);
  await read(store, "c");
  expect(asked()).toEqual(["GET c"]);
});

it("a list that fails fails those who wait for it, and the next one tries again", async () => {
  fill("a");
  const store = await listing();
  const later = { "Retry-After": "3600" };
  service.meddle = () => new Response("", { status: 503, headers: later });
  await expect(read(store, "a")).rejects.toThrow("503");
  service.meddle = () =>
    new Response(JSON.stringify(refusal("unavailable", 503)), {
      status: 503,
      headers: { ...later, "Content-Type": "application/problem+json" },
    });
  await expect(read(store, "a")).rejects.toMatchObject({ problem: { status: 503 } });
  service.meddle = undefined;
  asked();
  expect(await read(store, "a")).toMatchObject({ state: "live" });
  expect(asked()).toEqual(["GET list"]);
});

it("values are fetched for those who want them, unless the digest is the one that they know", async () => {
  fill("a", "b", "c");
  service.keys.set("gone", -1);
  const store = await listing();
  expect(await read(store, "a")).toMatchObject({ value: undefined });
  expect(await read(store, "a", { unlessDigest: "d1" })).toMatchObject({ value: undefined });
  expect(await read(store, "gone", "always")).toEqual({ state: "expired", expiredAt: "2026-01-04T00:00:00.000000Z" });
  expect(asked()).toEqual(["GET list"]);
  expect(await read(store, "a", { unlessDigest: "d0" })).toMatchObject({ value: "1" });
  expect(await read(store, "a", "always")).toMatchObject({ value: "1" });
  expect(asked()).toEqual(["GET a", "GET a"]);
});

it("values that are known to be large do not come in one answer", async () => {
  fill("a", "b", "c");
  service.size = 9 * 1_024 * 1_024;
  const store = await listing();
  await read(store, "a");
  await Promise.all(["a", "b", "c"].map((key) => read(store, key, "always")));
  expect(asked()).toEqual(["GET list", "GET a", "POST get", "POST get"]);
});

it("what was heard of a key by its name answers later reads", async () => {
  fill("a");
  const store = service.open();
  await read(store, "a", "always");
  expect(await read(store, "a")).toMatchObject({ state: "live", value: undefined });
  expect(asked()).toEqual(["GET a"]);
});

it("a key that the service cannot read fails alone", async () => {
  fill("a", "b", "c");
  const store = service.open();
  service.meddle = ({ operations }) =>
    operations.length > 0
      ? Response.json({
          results: [
            { status: 500, problem: refusal("internal", 500) },
            { status: 404, problem: refusal("not-found", 404) },
          ],
        })
      : undefined;
  const answers = await Promise.allSettled(["a", "b", "c"].map((key) => read(store, key)));
  expect(answers).toMatchObject([
    { value: { state: "live" } },
    { status: "rejected", reason: { problem: { status: 500 } } },
    { value: { state: "missing" } },
  ]);
});

it("who gives up gets away at once; the request ends when nobody waits for it any more", async () => {
  const store = service.open();
  service.meddle = ({ signal: own }) =>
    new Promise((_, reject) => own.addEventListener("abort", () => reject(own.reason as Error)));
  const [one, other] = [new AbortController(), new AbortController()];
  const by = ({ signal: own }: AbortController) => store.readKey({ namespace: "n", key: "a" }, "never", own);
  const alone = by(one);
  const [mine, theirs] = [by(one), by(other)];
  await expect.poll(() => service.asked.length).toBe(1);
  const first = service.asked[0]?.signal;
  one.abort(new Error("on purpose"));
  await expect(alone).rejects.toThrow("on purpose");
  await expect(mine).rejects.toThrow("on purpose");
  await expect.poll(() => service.asked.length).toBe(2); // those who were not in the first go on
  expect(first?.aborted).toBe(true);
  expect(service.asked[1]?.signal.aborted).toBe(false);
  other.abort(new Error("me too"));
  await expect(theirs).rejects.toThrow("me too");
  expect(service.asked[1]?.signal.aborted).toBe(true);
  await expect(by(other)).rejects.toThrow("me too");
  expect(service.asked).toHaveLength(2);
});
