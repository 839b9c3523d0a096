import { describe, expect, it } from "vitest";
import { bool, list, map, nullOf, num, obj, str, unknownOf } from "../cty/make.ts";
import { BOOL, DYNAMIC, listType, mapType, STRING } from "../cty/type.ts";
import { attribute, type Value } from "../cty/value.ts";
import { listed, setWith } from "./fixture-set.ts";
import { foundState, isUnchanged, notesFound, sortOut, ttlsChanged } from "./set-found.ts";
import { membersOf, textsIn } from "./set-members.ts";
import { notedOf } from "./set-notes.ts";
import { stateLeft } from "./set-outcome.ts";
import { refineSet } from "./set-plan.ts";

const keys = (entries: readonly { readonly key: string }[]) => entries.map(({ key }) => key);
const texts = (...of: string[]) => list(STRING, of.map(str));
const typesOf = (of: Record<string, string>) =>
  map(STRING, Object.fromEntries(Object.entries(of).map(([key, type]) => [key, str(type)])));
const found = (key: string, value: Value | undefined, more: Parameters<typeof listed>[1] = {}) => ({
  entry: listed(key, more),
  value,
});

describe("a list of the service", () => {
  const entries = ["a/e\u0301", "a/lock", "a/ours", "a/x", "b"].map((key) => listed(key));

  it("is sorted out into the set's own, and those of others that are not ignored", () => {
    const set = setWith({ prefix: str("a/"), values: obj({ "a/ours": num(1) }), ignore_keys: texts("*lock") });
    const { managed, strangers } = sortOut(set, entries);
    expect([keys(managed), keys(strangers)]).toEqual([["a/ours"], ["a/x"]]);
  });

  it("is the set's own as a whole when it has just been imported, but for what Terraform cannot spell", () => {
    const { managed, strangers } = sortOut(setWith({ values: nullOf(DYNAMIC) }), entries);
    expect([keys(managed), keys(strangers)]).toEqual([["a/lock", "a/ours", "a/x", "b"], []]);
  });

  it("tells by ETag or digest whether the state has the value", () => {
    const noted = notedOf(listed("a"));
    expect(isUnchanged(noted, listed("a"))).toBe(true);
    expect(isUnchanged(noted, listed("a", { etag: "a-2" }))).toBe(true);
    expect(isUnchanged(noted, listed("a", { digest: "by another key" }))).toBe(true);
    expect(isUnchanged(noted, listed("a", { etag: "a-2", digest: "another" }))).toBe(false);
    expect(isUnchanged(undefined, listed("a"))).toBe(false);
  });
});

describe("the state after a refresh", () => {
  const prior = setWith({ values: map(STRING, { a: str("P1D"), b: str("x") }) });

  it("is as it was when nothing was fetched, nor is another spelling a change", () => {
    const state = foundState(prior, [found("a", undefined, STRING_TYPE), found("b", str("x"), STRING_TYPE)], []);
    expect(attribute(state, "values")).toBe(attribute(prior, "values"));
    expect(attribute(state, "types")).toEqual(attribute(prior, "types"));
    const hours = foundState(prior, [found("a", str("PT24H"), { type: "DURATION" }), found("b", undefined)], []);
    expect(membersOf(hours).get("a")).toEqual(str("P1D"));
  });

  it("has what is there: other values, no missing ones, types that no value implies, and keys of others", () => {
    const state = foundState(prior, [found("a", num(5), { type: "NUMBER" })], [listed("x"), listed("y")]);
    expect(attribute(state, "values")).toEqual(obj({ a: num(5) }));
    expect(attribute(state, "types").kind).toBe("null");
    expect(textsIn(attribute(state, "unmanaged_keys"))).toEqual(["x", "y"]);
    const day = foundState(prior, [found("a", undefined, { type: "DATE" })], []);
    expect(attribute(day, "types")).toEqual(map(STRING, { a: str("DATE") }));
  });

  it("has no key that is gone, nor the value that another one had", () => {
    const one = foundState(prior, [found("a", undefined, STRING_TYPE)], []);
    expect(attribute(one, "values")).toEqual(obj({ a: str("P1D") }));
    const other = foundState(prior, [found("a", undefined, STRING_TYPE), found("b", str("y"), STRING_TYPE)], []);
    expect(attribute(other, "values")).toEqual(obj({ a: str("P1D"), b: str("y") }));
    expect(attribute(foundState(setWith({ values: nullOf(DYNAMIC) }), [], []), "values")).toEqual(obj({}));
  });

  it.each<{ when: string; types: Value; there: string[]; says: Value }>([
    {
      when: "one that is implied is named",
      types: typesOf({ a: "STRING" }),
      there: ["a"],
      says: typesOf({ a: "STRING" }),
    },
    { when: "no key has it any more", types: typesOf({ b: "DATE" }), there: ["a"], says: nullOf(mapType(STRING)) },
    { when: "none is named", types: nullOf(mapType(STRING)), there: ["a"], says: nullOf(mapType(STRING)) },
    { when: "a map of none is named", types: typesOf({}), there: ["a"], says: typesOf({}) },
  ])("names types as the prior state does when $when", ({ types, there, says }) => {
    const set = setWith({ values: map(STRING, { a: str("x"), b: str("2030-01-31") }), types });
    const members = there.map((key) => found(key, undefined, STRING_TYPE));
    expect(attribute(foundState(set, members, []), "types")).toEqual(says);
  });

  it("has the TTL of the prior one when nothing is there", () => {
    const set = setWith({ values: obj({ a: num(1) }), ttl: str("P1D") });
    expect(attribute(foundState(set, [], []), "ttl")).toEqual(str("P1D"));
  });

  it("takes the TTL of an import from what is there, and says none where they differ", () => {
    const set = setWith({ values: nullOf(DYNAMIC) });
    const lives = (...ttls: (string | null)[]) => ttls.map((ttl, n) => found(`k${n}`, num(n), { ttl }));
    expect(attribute(foundState(set, lives("PT1H", "PT60M"), []), "ttl")).toEqual(str("PT1H"));
    expect(attribute(foundState(set, lives("PT1H", null), []), "ttl")).toEqual(nullOf(STRING));
    expect(ttlsChanged(set, lives("PT1H", null))).toEqual([]);
  });

  it("does not say again that TTLs differ", () => {
    const set = setWith({ values: obj({ a: num(1) }), ttl: str("mixed") });
    expect(ttlsChanged(set, [found("a", num(1), { ttl: "PT1H" })])).toEqual([]);
  });

  it("is noted with the ETags of all, and of those of others", () => {
    const notes = notesFound([found("a", undefined)], [listed("x")]);
    expect([[...notes.keys.keys()], [...notes.strangers]]).toEqual([["a"], [["x", "x-1"]]]);
  });

  it.each<{ ttls: readonly (string | null)[]; says: Value; changed: string[] }>([
    { ttls: ["PT24H", "P1D"], says: str("PT24H"), changed: [] },
    { ttls: ["PT1H", "PT60M"], says: str("PT1H"), changed: ["k0", "k1"] },
    { ttls: ["PT24H", null], says: str("mixed"), changed: ["k1"] },
    { ttls: [null, null], says: nullOf(STRING), changed: ["k0", "k1"] },
  ])("of keys that live for $ttls says $says.value, and $changed changed", ({ ttls, says, changed }) => {
    const members = ttls.map((ttl, n) => found(`k${n}`, num(n), { ttl }));
    const set = setWith({ values: obj({ k0: num(0), k1: num(1) }), ttl: str("P1D") });
    expect(attribute(foundState(set, members, []), "ttl")).toEqual(says);
    expect(keys(ttlsChanged(set, members).map(({ entry }) => entry))).toEqual(changed);
  });
});

const STRING_TYPE = { type: "STRING" } as const;

describe("a plan tells what becomes of the keys of others", () => {
  const prior = setWith({ prefix: str("a/"), unmanaged_keys: texts("a/x", "a/y") });
  const unknown = unknownOf(listType(STRING));

  it.each<{ when: string; planned: Readonly<Record<string, Value>>; unmanaged: Value; warns?: string }>([
    { when: "nothing changes", planned: {}, unmanaged: texts("a/x", "a/y") },
    { when: "one becomes the set's", planned: { values: obj({ "a/x": num(1) }) }, unmanaged: texts("a/y") },
    { when: "the prefix changes", planned: { prefix: str("b/") }, unmanaged: unknown },
    { when: "a pattern is added", planned: { ignore_keys: texts("a/y") }, unmanaged: unknown },
    { when: "the values are not known", planned: { values: unknownOf(DYNAMIC) }, unmanaged: unknown },
    { when: "it may become authoritative", planned: { authoritative: unknownOf(BOOL) }, unmanaged: unknown },
    {
      when: "it is authoritative",
      planned: { authoritative: bool(true), values: obj({ "a/y": num(1) }) },
      unmanaged: texts(),
      warns: '"a/x"',
    },
    {
      when: "it is authoritative, and a pattern is added",
      planned: { authoritative: bool(true), ignore_keys: texts("a/y") },
      unmanaged: unknown,
      warns: '"a/x"',
    },
  ])("when $when", ({ planned, unmanaged, warns }) => {
    const draft = setWith({ prefix: str("a/"), unmanaged_keys: texts("a/x", "a/y"), ...planned });
    const refined = refineSet({ prior, planned: draft, config: draft, notes: {} });
    expect(refined.planned && attribute(refined.planned, "unmanaged_keys")).toEqual(unmanaged);
    expect(refined.diagnostics?.map(({ detail }) => /removed: (.*?)\./.exec(detail)?.[1])).toEqual(
      warns ? [warns] : [],
    );
  });

  it("leaves as it is what no refresh has found yet", () => {
    const planned = setWith({});
    const refined = refineSet({ prior: setWith({}), planned, config: planned, notes: {} });
    expect(refined.planned && attribute(refined.planned, "unmanaged_keys").kind).toBe("null");
  });

  it("says nothing of another namespace, whose keys are not known", () => {
    const planned = setWith({ namespace: str("m"), authoritative: bool(true) });
    expect(refineSet({ prior, planned, config: planned, notes: {} })).toEqual({});
  });
});

it("a state of which a part was written has the rest as it was", () => {
  const types = (of: string) => map(STRING, { changed: str(of), done: str(of) });
  const prior = setWith({ values: obj({ changed: num(1), done: num(1), dropped: num(1) }), types: types("JSON") });
  const planned = setWith({ values: obj({ changed: num(2), done: num(2), fresh: num(2) }), types: types("NUMBER") });
  const left = ["changed", "dropped", "fresh"].map((key) => ({ op: "delete", key, only: "always" }) as const);
  const state = stateLeft(prior, planned, left, ["x"]);
  expect(attribute(state, "values")).toEqual(obj({ done: num(2), changed: num(1), dropped: num(1) }));
  expect(attribute(state, "types")).toEqual(map(STRING, { done: str("NUMBER"), changed: str("JSON") }));
  expect(textsIn(attribute(state, "unmanaged_keys"))).toEqual(["x"]);
});
