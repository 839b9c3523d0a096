import { describe, expect, it } from "vitest";
import { anyGlob, globTest, literalStart } from "./glob.ts";

describe("a glob", () => {
  it.each([
    ["flags/*", "flags/a", true],
    ["flags/*", "flags/a/b", true],
    ["flags/*", "flags/", true],
    ["flags/*", "flags", false],
    ["flags/*", "my/flags/a", false],
    ["*", "anything", true],
    ["**", "a", true],
    ["*/lock", "a/b/lock", true],
    ["*/lock", "a/lock/b", false],
    ["a*b*c", "a-b-b-c", true],
    ["a*b*c", "a-c-b", false],
    ["k?", "k1", true],
    ["k?", "k", false],
    ["k?", "k12", false],
    ["k?", "k😀", true], // one code point, though two units
    ["K1", "k1", false],
    ["a.c", "abc", false],
    ["[ab]", "a", false],
    ["[ab]", "[ab]", true],
    ["", "a", false],
  ])("%j and the key %j: %s", (pattern, key, matches) => {
    expect(globTest(pattern)(key)).toBe(matches);
  });

  it("with many asterisks does not try every way to share a key out among them", () => {
    expect(globTest(`${"*a".repeat(30)}b`)("a".repeat(256))).toBe(false);
  });

  it("is one of several", () => {
    const test = anyGlob(["a*", "b?"]);
    expect(["a", "abc", "bc", "b", "c"].map(test)).toEqual([true, true, true, false, false]);
    expect(anyGlob([])("a")).toBe(false);
  });

  it.each([
    ["flags/*", "flags/"],
    ["k?x", "k"],
    ["*", ""],
    ["plain", "plain"],
  ])("%j begins with %j", (pattern, start) => {
    expect(literalStart(pattern)).toBe(start);
  });
});
