import { describe, expect, it } from "vitest";
import { pauseAfter, retryAfterSeconds } from "./webhook-retry.ts";

const SCHEDULE = [5, 300];
const MIDDLE = 0.5;

describe("the pause before the next attempt", () => {
  it.each([
    { when: "the first attempt failed", attempt: 1, asked: undefined, random: MIDDLE, is: 5_000 },
    { when: "the second failed", attempt: 2, asked: undefined, random: MIDDLE, is: 300_000 },
    { when: "the last failed", attempt: 3, asked: 10, random: MIDDLE, is: undefined },
    { when: "the receiver asks for more time", attempt: 1, asked: 60, random: MIDDLE, is: 60_000 },
    { when: "the receiver asks for less", attempt: 2, asked: 1, random: MIDDLE, is: 300_000 },
    { when: "the receiver asks for a year", attempt: 1, asked: 31_536_000, random: MIDDLE, is: 86_400_000 },
    { when: "chance shortens it", attempt: 1, asked: undefined, random: 0, is: 4_500 },
  ])("when $when, it is $is ms", ({ attempt, asked, random, is }) => {
    expect(pauseAfter(attempt, SCHEDULE, asked, random)).toBe(is);
  });
});

describe("Retry-After", () => {
  const now = Date.parse("2026-01-02T03:04:05Z");
  it.each([
    { header: null, is: undefined },
    { header: "120", is: 120 },
    { header: "Fri, 02 Jan 2026 03:05:05 GMT", is: 60 },
    { header: "Fri, 02 Jan 2026 03:00:00 GMT", is: 0 },
    { header: "soon", is: undefined },
  ])("$header is $is seconds", ({ header, is }) => {
    expect(retryAfterSeconds(header, now)).toBe(is);
  });
});
