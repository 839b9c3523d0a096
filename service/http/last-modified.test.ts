import { describe, expect, it } from "vitest";
import { dateOf, isModifiedSince, lastModifiedOf } from "./last-modified.ts";

const SECOND = Date.parse("2026-03-01T10:00:00Z");
const at = (seconds: number) => ({ updatedAt: new Date(SECOND + seconds * 1_000).toISOString() });
const date = (seconds: number) => new Date(SECOND + seconds * 1_000).toUTCString();

describe("what Last-Modified says", () => {
  it.each([
    { when: "in the second of the write", now: 0.7, says: 0 },
    { when: "as long as the clocks may differ", now: 60.9, says: 0 },
    { when: "once no other write can have the date", now: 61, says: 1 },
    { when: "by a clock behind the database's, never later than that", now: -30, says: -30 },
  ])("$when", ({ now, says }) => {
    const { text, until } = lastModifiedOf(at(0.3), SECOND + now * 1_000);
    expect([text, until]).toEqual([date(says), says === 1 ? Number.POSITIVE_INFINITY : SECOND + 61_000]);
  });

  it("is never taken for what was written later in the same second", () => {
    const early = dateOf(lastModifiedOf(at(0.3), SECOND + 500).text) ?? Number.NaN;
    expect(isModifiedSince(at(0.7), early)).toBe(true);
    const settled = dateOf(lastModifiedOf(at(0.7), SECOND + 70_000).text) ?? Number.NaN;
    expect([isModifiedSince(at(0.7), settled), isModifiedSince(at(1), settled)]).toEqual([false, true]);
  });

  it("nor is the time at which a copy was taken", () => {
    expect([isModifiedSince(at(0.7), SECOND), isModifiedSince(at(0), SECOND)]).toEqual([true, true]);
    expect(isModifiedSince(at(0.7), SECOND + 1_000)).toBe(false);
  });
});

describe("a date in a header", () => {
  it.each(["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"])(
    "%s is one",
    (text) => expect(dateOf(text)).toBe(Date.UTC(1994, 10, 6, 8, 49, 37)),
  );

  it.each([
    undefined,
    "",
    "*",
    "2026-03-01T10:00:00Z",
    "Sun, 06 Nov 1994 08:49:37 CET",
    "Sun, 06 Nov 1994 08:49:37",
    "Sun, 06 Nob 1994 08:49:37 GMT",
    "Sun, 06 Nov 1994 28:49:37 GMT",
  ])("%s is none", (text) => expect(dateOf(text)).toBeUndefined());
});
