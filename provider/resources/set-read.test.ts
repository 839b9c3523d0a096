import { afterEach, expect, it, vi } from "vitest";
import { apiAt } from "../../test/support/workers.ts";
import { list, nullOf, num, obj, str } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute, type ObjectValue } from "../cty/value.ts";
import type { Session } from "../schema/provider.ts";
import { directStore, type Store } from "../store/store.ts";
import { listed, setWith } from "./fixture-set.ts";
import { membersOf, textsIn } from "./set-members.ts";
import { fromNotes, type ListedEntry, notedOf, toNotes } from "./set-notes.ts";
import { readSet } from "./set-read.ts";

afterEach(() => void vi.unstubAllGlobals());

/** What a get of a batch answers. */
type Read =
  | { readonly entry: ListedEntry; readonly value: number }
  | { readonly expired: object }
  | { readonly problem: object };

const gone: Read = { problem: { type: "/problems/not-found", title: "t", status: 404, detail: "d", remedy: "r" } };

/** Refreshes a state whose notes know all its keys at their first revision. Answers what was asked for beyond the list too. */
async function refreshed(state: ObjectValue, entries: readonly ListedEntry[], reads: Readonly<Record<string, Read>>) {
  const asked: string[] = [];
  vi.stubGlobal(
    "fetch",
    async (_: string, { method, body }: { readonly method: string; readonly body: Uint8Array }) => {
      if (method === "GET") return Response.json(entries);
      const { operations } = JSON.parse(Buffer.from(body).toString()) as { operations: { key: string }[] };
      asked.push(...operations.map(({ key }) => key));
      return Response.json({
        results: operations.map(({ key }) => {
          const read = reads[key] ?? gone;
          return { status: "entry" in read ? 200 : "expired" in read ? 410 : 404, ...read };
        }),
      });
    },
  );
  const session: Session<Store> = {
    client: directStore(apiAt("http://kv.test")),
    signal: new AbortController().signal,
    writeSignal: new AbortController().signal,
  };
  const keys = new Map([...membersOf(state).keys()].map((key) => [key, notedOf(listed(key))]));
  const outcome = await readSet(state, session, toNotes({ keys, strangers: new Map() }));
  return { ...outcome, asked };
}

const state = setWith({ values: obj({ a: num(1), b: num(2), c: num(3) }) });
const changed = listed("b", { etag: "b-2", digest: "another" });

it("asks for the values that have changed, and for keys that the list does not have", async () => {
  const reads = { b: { entry: changed, value: 20 } };
  const { asked, state: now, notes, diagnostics } = await refreshed(state, [listed("a"), changed, listed("x")], reads);
  expect(asked).toEqual(["b", "c"]);
  expect(now && attribute(now, "values")).toEqual(obj({ a: num(1), b: num(20) }));
  expect(now && textsIn(attribute(now, "unmanaged_keys"))).toEqual(["x"]);
  expect([...fromNotes(notes ?? {}).keys].map(([, { etag }]) => etag)).toEqual(["a-1", "b-2"]);
  expect(diagnostics).toEqual([]);
});

it("asks for nothing more when nothing has changed", async () => {
  const { asked, state: now } = await refreshed(
    state,
    ["a", "b", "c"].map((key) => listed(key)),
    {},
  );
  expect([asked, now && attribute(now, "values")]).toEqual([[], attribute(state, "values")]);
});

it("a key that went between the list and its value is gone, and one that came back is there", async () => {
  const back = { entry: listed("c", { etag: "c-2" }), value: 30 };
  const { state: now } = await refreshed(state, [listed("a"), changed], { c: back });
  expect(now && attribute(now, "values")).toEqual(obj({ a: num(1), c: num(30) }));
});

it("tells of keys that have expired, the latest last, and of TTLs that are others now", async () => {
  const expired = (expiredAt: string): Read => ({ expired: { type: null, value: null, message: "m", expiredAt } });
  const reads = { b: expired("2026-01-02T00:00:00Z"), c: expired("2026-01-01T00:00:00Z") };
  const { diagnostics = [] } = await refreshed(state, [listed("a", { ttl: "PT1H" })], reads);
  expect(diagnostics).toMatchObject([
    { summary: "Keys have expired", detail: expect.stringMatching(/2 keys: "b", "c"\. .* at 2026-01-02T00:00:00Z/) },
    { summary: "The TTL of keys was changed outside Terraform", detail: expect.stringContaining('one key: "a"') },
  ]);
});

it.each([
  { when: "none of its keys is there", of: state, entries: [], is: "gone" },
  { when: "only keys of others are there", of: state, entries: [listed("x")], is: "there" },
  { when: "it never had a key", of: setWith({}), entries: [], is: "there" },
])("a set is $is when $when", async ({ of, entries, is }) => {
  const { state: now } = await refreshed(of, entries, {});
  expect(now === undefined ? "gone" : "there").toBe(is);
});

it("a read that fails fails the refresh", async () => {
  const refused: Read = {
    problem: { type: "/problems/unavailable", title: "t", status: 503, detail: "d", remedy: "r" },
  };
  const work = refreshed(
    setWith({ values: obj({ a: num(1) }), ttl: nullOf(STRING), ignore_keys: list(STRING, [str("y")]) }),
    [],
    { a: refused },
  );
  await expect(work).rejects.toMatchObject({ problem: { type: "/problems/unavailable" } });
});
