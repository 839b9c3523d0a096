import { expect, it } from "vitest";
import { nanosecondsOf, sameLength } from "./duration.ts";

it.each([
  { text: "P1D", seconds: 86_400n },
  { text: "PT24H", seconds: 86_400n },
  { text: "P3DT3H2M1S", seconds: 270_121n },
  { text: "-PT1M", seconds: -60n },
  { text: "PT-1M", seconds: -60n },
  { text: "-P-1D", seconds: 86_400n },
  { text: "PT0S", seconds: 0n },
])("$text takes $seconds seconds", ({ text, seconds }) => {
  expect(nanosecondsOf(text)).toBe(seconds * 1_000_000_000n);
});

it.each([
  { text: "PT0.5S", nanos: 500_000_000n },
  { text: "PT-0.5S", nanos: -500_000_000n },
  { text: "PT1,000000001S", nanos: 1_000_000_001n },
  { text: "PT1.S", nanos: 1_000_000_000n },
])("$text takes $nanos nanoseconds", ({ text, nanos }) => {
  expect(nanosecondsOf(text)).toBe(nanos);
});

it.each([
  "",
  "P",
  "PT",
  "P1DT",
  "1h",
  "P1Y",
  "P1M",
  "P1W",
  "PT1.5M",
  "PT0.1234567890S",
  "pt1s",
  " PT1S",
  "PT9223372036854775808S",
])("%j is no duration", (text) => {
  expect(nanosecondsOf(text)).toBeUndefined();
});

it.each([
  { a: "P1D", b: "PT24H", same: true },
  { a: "P1D", b: "PT23H", same: false },
  { a: "P1Y", b: "P1Y", same: true },
  { a: "P1Y", b: "P12M", same: false },
])("$a and $b are equally long: $same", ({ a, b, same }) => {
  expect(sameLength(a, b)).toBe(same);
});
