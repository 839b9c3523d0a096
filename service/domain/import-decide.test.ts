import { describe, expect, it } from "vitest";
import type { Entry } from "./entry.ts";
import { decide, saysSame, settleIncoming, spellSame } from "./import-decide.ts";
import type { Incoming } from "./import-item.ts";
import type { Type } from "./type.ts";
import { NOTHING_SAID, type Said } from "./writes.ts";

const there = { etag: "e1", type: "STRING" } as Entry;
const always = { ifMatch: undefined };

it.each([
  { when: "nothing is there", current: undefined, same: false, only: always, mode: "overwrite", answer: "add" },
  { when: "the same is there", current: there, same: true, only: always, mode: "fail", answer: "same" },
  { when: "something else is there", current: there, same: false, only: always, mode: "overwrite", answer: "change" },
  { when: "it is to be kept", current: there, same: false, only: always, mode: "skip", answer: "skip" },
  { when: "it is to fail", current: there, same: false, only: always, mode: "fail", answer: "conflict" },
  {
    when: "it still has the ETag",
    current: there,
    same: false,
    only: { ifMatch: "e1" },
    mode: "fail",
    answer: "change",
  },
  {
    when: "it has another ETag",
    current: there,
    same: false,
    only: { ifMatch: "e0" },
    mode: "overwrite",
    answer: "conflict",
  },
  {
    when: "it is gone",
    current: undefined,
    same: false,
    only: { ifMatch: "e1" },
    mode: "overwrite",
    answer: "conflict",
  },
  {
    when: "another wrote the same",
    current: there,
    same: true,
    only: { ifMatch: "e0" },
    mode: "overwrite",
    answer: "same",
  },
] as const)("when $when, mode $mode: $answer", ({ current, same, only, mode, answer }) => {
  expect(decide(current, same, only, mode)).toBe(answer);
});

const item = (form: Incoming["form"], type?: Type): Incoming => ({ form, type }) as Incoming;
const of = (type: Type): Entry => ({ type }) as Entry;

describe("what an incoming value becomes", () => {
  it.each([
    ['"P1D"', item("json"), undefined, "STRING", '"P1D"'],
    ['"P1D"', item("json"), of("DURATION"), "DURATION", '"PT24H"'],
    ['"2021-09-01"', item("json"), of("DATE"), "DATE", '"2021-09-01"'],
    ['"someday"', item("json"), of("DATE"), "STRING", '"someday"'],
    ['"5"', item("json"), of("NUMBER"), "STRING", '"5"'],
    ["5", item("json"), of("STRING"), "NUMBER", "5"],
    ["5", item("json"), of("JSON"), "JSON", "5"],
    ["0.10", item("json"), undefined, "NUMBER", "0.10"],
    ["null", item("json"), undefined, "JSON", "null"],
    ['"8080"', item("text"), undefined, "STRING", '"8080"'],
    ['"8080"', item("text"), of("NUMBER"), "NUMBER", "8080"],
    ['"8080x"', item("text"), of("NUMBER"), "STRING", '"8080x"'],
    ['"{\\"a\\":1}"', item("text"), of("JSON"), "JSON", '{"a":1}'],
    ["2021-09-01", item("text", "DATE"), of("NUMBER"), "DATE", '"2021-09-01"'],
  ] as const)("%s, %o beside %o, becomes %s %s", (text, incoming, current, type, json) => {
    const value = settleIncoming(Buffer.from(text), incoming, current);
    expect([value.type, Buffer.from(value.bytes).toString()]).toEqual([type, json]);
  });

  it.each(["", "hello", "{", "01"])("%j is no JSON, and refused", (text) => {
    expect(() => settleIncoming(Buffer.from(text), item("json"), undefined)).toThrow("no JSON");
  });
});

const entry = {
  description: "d",
  labels: { a: "1" },
  secret: false,
  ttl: "PT24H",
  expiresAt: "2030-01-01T00:00:00.500000Z",
} as unknown as Entry;
const until = (at: string, ttl?: string): Partial<Said> => ({ lifetime: { kind: "until", at, ...(ttl && { ttl }) } });

it.each([
  [{}, true],
  [{ description: "d", labels: { a: "1" }, secret: false }, true],
  [{ description: "other" }, false],
  [{ description: null }, false],
  [{ labels: {} }, false],
  [{ labels: { a: "1", b: "2" } }, false],
  [{ labels: { b: "1" } }, false],
  [{ secret: true }, false],
  [{ lifetime: { kind: "none" } }, false],
  [{ lifetime: { kind: "for", ttl: "PT24H" } }, true],
  [{ lifetime: { kind: "for", ttl: "PT1H" } }, false],
  [until("2030-01-01T00:00:00.5Z", "PT24H"), true],
  [until("2030-01-01T02:00:00.5000009+02:00", "PT24H"), true],
  [until("2030-01-01T00:00:00.5Z"), false],
  [until("2030-01-01T00:00:00Z", "PT24H"), false],
  [until("2030-01-01T00:00:10Z", "PT24H"), false],
] as const)("an entry beside %j: %s", (said, answer) => {
  expect(saysSame(entry, { ...NOTHING_SAID, ...(said as Partial<Said>) })).toBe(answer);
});

it.each([
  ["1.0", " 1.0\n", true],
  ["1.0", "1.00", false],
  ['"\\u00e9"', '"é"', true],
  ['"a"', '"b"', false],
  ['{"a":1}', '{ "a":1}', false],
])("%s and %s mean the same: %s", (left, right, answer) => {
  expect(spellSame(Buffer.from(left), Buffer.from(right))).toBe(answer);
});
