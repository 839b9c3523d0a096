import { expect, it } from "vitest";
import { type NameTests, withinOf } from "./within.ts";

const NAMES = ["a", "a.b", "a.bc", "ab", "b.A", "c"];

it.each([
  { tests: {}, left: NAMES },
  { tests: { startsWith: "a.b" }, left: ["a.b", "a.bc"] },
  { tests: { under: "a" }, left: ["a", "a.b", "a.bc"] },
  { tests: { under: "a.b" }, left: ["a.b"] },
  { tests: { endsWith: "b" }, left: ["a.b", "ab"] },
  { tests: { contains: ".a" }, left: ["b.A"] },
  { tests: { noneOf: ["a", "c", "z"] }, left: ["a.b", "a.bc", "ab", "b.A"] },
  { tests: { startsWith: "a", endsWith: "c", noneOf: ["a"] }, left: ["a.bc"] },
  { tests: { contains: "%" }, left: [] },
] satisfies { tests: NameTests; left: string[] }[])("of named namespaces, $tests leaves $left", ({ tests, left }) => {
  expect(withinOf([...NAMES, "a"], tests)).toEqual({ kind: "some", names: left });
});

it("where none is named, the tests are for all", () => {
  expect(withinOf(undefined, { startsWith: "a" })).toEqual({ kind: "all", tests: { startsWith: "a" } });
});
