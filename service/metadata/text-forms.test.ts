import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { arrayLiteral } from "./array-literal.ts";
import { upperBound } from "./code-points.ts";
import { instantFromDatabase, instantToDatabase } from "./instant.ts";

describe("the upper bound of a prefix", () => {
  it.each([
    ["a", "b"],
    ["az", "a{"],
    ["\u{d7ff}", "\u{e000}"],
    ["\u{ffff}", "\u{10000}"],
    ["a\u{10ffff}\u{10ffff}", "b"],
    ["\u{10ffff}", undefined],
    ["", undefined],
  ])("of %j is %j", (prefix, bound) => {
    expect(upperBound(prefix)).toBe(bound);
  });

  it("parts what begins with the prefix from all that does not, in the order of UTF-8", () => {
    const edges = ["a", "b", "\u{d7ff}", "\u{e000}", "\u{ffff}", "\u{10000}", "\u{10fffe}", "\u{10ffff}"];
    const text = fc.string({ unit: fc.constantFrom(...edges), minLength: 1, maxLength: 4 });
    const isLess = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
    fc.assert(
      fc.property(text, text, fc.boolean(), (prefix, other, joined) => {
        const candidate = joined ? prefix + other : other;
        const bound = upperBound(prefix);
        const inside = !isLess(candidate, prefix) && (bound === undefined || isLess(candidate, bound));
        expect(inside).toBe(candidate.startsWith(prefix));
      }),
    );
  });
});

describe("an instant", () => {
  it.each([
    ["2026-01-02 03:04:05.678+00", "2026-01-02T03:04:05.678000Z"],
    ["2026-01-02 03:04:05+00", "2026-01-02T03:04:05.000000Z"],
    ["2026-01-02 03:04:05.123456+00", "2026-01-02T03:04:05.123456Z"],
  ])("the database prints as %s is %s", (printed, instant) => {
    expect(instantFromDatabase(printed)).toBe(instant);
  });

  it.each([
    ["2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000Z"],
    ["2026-01-02t03:04:05.1234567z", "2026-01-02T03:04:05.123456Z"],
    ["2026-01-01T00:30:00+23:59", "2025-12-31T00:31:00.000000Z"],
    ["2025-12-31T23:59:60-00:30", "2026-01-01T00:30:00.000000Z"],
  ])("that a caller sends as %s is %s", (sent, instant) => {
    expect(instantToDatabase(sent, "expiresAt")).toBe(instant);
  });

  it("that is none is the caller's fault", () => {
    for (const sent of ["", "tomorrow", "2026-01-02", "2026-01-02T03:04:05"])
      expect(() => instantToDatabase(sent, "cursor")).toThrow("RFC 3339");
  });
});

it("an array's text quotes what would end an element", () => {
  expect(arrayLiteral([])).toBe("{}");
  expect(arrayLiteral(["a", null, undefined, 7, true, 'say "\\"', "{,}", "NULL", ""])).toBe(
    String.raw`{"a",NULL,NULL,7,true,"say \"\\\"","{,}","NULL",""}`,
  );
});
