import { describe, expect, it } from "vitest";
import { bool, list, map, nullOf, num, obj, str } from "../cty/make.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import type { Value } from "../cty/value.ts";
import { listed, setWith } from "./fixture-set.ts";
import { differenceOf, removalOf } from "./set-comparison.ts";
import { membersIn } from "./set-members.ts";
import { fromNotes, notedOf, type SetNotes, toNotes } from "./set-notes.ts";

type Said = Readonly<Record<string, Value>>;

const notesOf = (keys: readonly string[], strangers: readonly string[] = []): SetNotes => ({
  keys: new Map(keys.map((key) => [key, notedOf(listed(key))])),
  strangers: new Map(strangers.map((key) => [key, `${key}-1`])),
});

/** The writes in short: `put a if a-1`, `put a if-absent`, `delete a if a-1`. */
const inShort = (writes: ReturnType<typeof differenceOf>): string[] =>
  writes.map(({ op, key, only }) => `${op} ${key} ${typeof only === "string" ? only : `if ${only.etag}`}`);

const values = (members: Said): Said => ({ values: obj(members) });
const types = (members: Record<string, string>): Said => ({
  types: map(STRING, Object.fromEntries(Object.entries(members).map(([key, type]) => [key, str(type)]))),
});
const lists = (name: string, keys: readonly string[]): Said => ({ [name]: list(STRING, keys.map(str)) });

describe("the difference between a state and a plan", () => {
  it.each([
    { when: "nothing differs", prior: values({ a: num(1) }), planned: values({ a: num("1.0") }), writes: [] },
    { when: "a value is new", prior: values({}), planned: values({ a: num(1) }), writes: ["put a if-absent"] },
    { when: "a value differs", prior: values({ a: num(2) }), planned: values({ a: num(1) }), writes: ["put a if a-1"] },
    { when: "a key is dropped", prior: values({ a: num(2) }), planned: values({}), writes: ["delete a if a-1"] },
    {
      when: "the value is the same text as another type",
      prior: values({ a: str("5") }),
      planned: values({ a: num(5) }),
      writes: ["put a if a-1"],
    },
    {
      when: "only the type differs",
      prior: { ...values({ a: str("2030-01-31") }), ...types({ a: "DATE" }) },
      planned: values({ a: str("2030-01-31") }),
      writes: ["put a if a-1"],
    },
    {
      when: "a type is said that is implied",
      prior: values({ a: str("x") }),
      planned: { ...values({ a: str("x") }), ...types({ a: "STRING" }) },
      writes: [],
    },
    {
      when: "a duration is as long",
      prior: { ...values({ a: str("P1D") }), ...types({ a: "DURATION" }) },
      planned: { ...values({ a: str("PT24H") }), ...types({ a: "DURATION" }) },
      writes: [],
    },
    {
      when: "an object has its names in another order, and a list is a tuple",
      prior: values({ a: obj({ x: list(STRING, [str("p")]), y: bool(true) }) }),
      planned: values({ a: obj({ y: bool(true), x: list(STRING, [str("p")]) }) }),
      writes: [],
    },
    {
      when: "a null stays one",
      prior: values({ a: nullOf(DYNAMIC) }),
      planned: values({ a: nullOf(STRING) }),
      writes: [],
    },
    {
      when: "the TTL differs from the one that was noted",
      prior: values({ a: num(1) }),
      planned: { ...values({ a: num(1) }), ttl: str("P1D") },
      writes: ["put a if a-1"],
    },
    {
      when: "it is authoritative",
      prior: { ...values({ a: num(1) }), ...lists("unmanaged_keys", ["x", "y", "kept"]) },
      planned: { ...values({ a: num(1) }), ...lists("ignore_keys", ["k*"]), authoritative: bool(true) },
      writes: ["delete x if x-1", "delete y if y-1"],
    },
    {
      when: "it is not authoritative",
      prior: { ...values({ a: num(1) }), ...lists("unmanaged_keys", ["x"]) },
      planned: { ...values({ a: num(1) }), authoritative: bool(false) },
      writes: [],
    },
    {
      when: "a stranger becomes a member of an authoritative set",
      prior: { ...values({ a: num(1) }), ...lists("unmanaged_keys", ["x"]) },
      planned: { ...values({ a: num(1), x: num(1) }), authoritative: bool(true) },
      writes: ["put x if-absent"],
    },
  ])("when $when: $writes", ({ prior, planned, writes }) => {
    const notes = notesOf([...membersIn(prior["values"] ?? num(0)).keys()], ["x", "y", "kept"]);
    expect(inShort(differenceOf(setWith(prior), setWith(planned), notes))).toEqual(writes);
  });

  it("a create writes all there is, and takes over only what was noted", () => {
    const planned = setWith(values({ a: num(1), b: obj({ c: nullOf(DYNAMIC) }) }));
    const writes = differenceOf(undefined, planned, notesOf(["a"]));
    expect(inShort(writes)).toEqual(["put a if a-1", "put b if-absent"]);
    expect(writes.map((write) => write.op === "put" && write.fields)).toMatchObject([
      { value: "1", type: "NUMBER" },
      { value: '{"c":null}', type: "JSON" },
    ]);
  });

  it("says again what others said of a key, and clears the TTL that a plan does not have", () => {
    const theirs = { description: "Why", labels: { team: "data" }, secret: true };
    const keys = new Map([["a", notedOf(listed("a", { ...theirs, ttl: "PT1H" }))]]);
    const [write] = differenceOf(
      setWith({ ...values({ a: num(1) }), ttl: str("PT1H") }),
      setWith(values({ a: num(1) })),
      fromNotes(toNotes({ keys, strangers: new Map() })),
    );
    expect(write?.op === "put" && write.fields).toEqual({ ...theirs, value: "1", type: "NUMBER", ttl: undefined });
  });

  it("writes and deletes no key of the state that was never noted, but on condition that it is not there", () => {
    const [prior, planned] = [setWith(values({ a: num(1), b: num(1) })), setWith(values({ a: num(1) }))];
    expect(inShort(differenceOf(prior, planned, notesOf([])))).toEqual(["put a if-absent"]);
  });

  it("says the TTL of all with each", () => {
    const [write] = differenceOf(undefined, setWith({ ...values({ a: num(1) }), ttl: str("P1D") }), notesOf([]));
    expect(write?.op === "put" && write.fields.ttl).toBe("P1D");
  });

  it("a removal takes the set's own keys only", () => {
    const set = setWith(values({ a: num(1), gone: num(1) }));
    expect(inShort(removalOf(set, notesOf(["a", "noted"], ["x"])))).toEqual(["delete a if a-1"]);
  });
});

describe("notes", () => {
  it("are short for a key of which nothing more is said, and come back from JSON as they were", () => {
    const notes: SetNotes = {
      keys: new Map([
        ["a", notedOf(listed("a"))],
        ["__proto__", notedOf(listed("b", { ttl: "PT1H", description: "d" }))],
      ]),
      strangers: new Map([["x", "x-1"]]),
    };
    const json = JSON.stringify(toNotes(notes));
    expect(json).toContain('"a":["a-1","digest of a"]');
    expect(fromNotes(JSON.parse(json))).toEqual(notes);
    expect(fromNotes({})).toEqual({ keys: new Map(), strangers: new Map() });
  });
});
