import { expect, it } from "vitest";
import { formatDuration, parseDuration } from "./duration.ts";

// The right-hand sides were printed by Java 17's Duration.parse(text).toString().
it.each([
  ["PT0S", "PT0S"],
  ["P3DT3H2M1S", "PT75H2M1S"],
  ["P1D", "PT24H"],
  ["PT90M", "PT1H30M"],
  ["PT1.500S", "PT1.5S"],
  ["PT1,5S", "PT1.5S"],
  ["PT5.S", "PT5S"],
  ["PT0.000000001S", "PT0.000000001S"],
  ["PT-0.5S", "PT-0.5S"],
  ["-PT0.5S", "PT-0.5S"],
  ["-PT1M30.25S", "PT-1M-30.25S"],
  ["PT-1.5S", "PT-1.5S"],
  ["P1DT-1H", "PT23H"],
  ["PT-60M", "PT-1H"],
  ["+PT5S", "PT5S"],
  ["PT9223372036854775807S", "PT2562047788015215H30M7S"],
])("%s is %s", (text, canonical) => {
  const nanos = parseDuration(text);
  expect(nanos).toBeDefined();
  expect(formatDuration(nanos ?? 0n)).toBe(canonical);
});

it.each([
  "",
  "P",
  "PT",
  "P1",
  "P1DT",
  "P1Y",
  "P1M",
  "P1W",
  "PT1D",
  "P1H",
  "PT1.1234567890S",
  "PT1.5M",
  "5S",
  "P 1D",
  "PT1S ",
  "pt1s",
  "PT9223372036854775808S",
])("%j is no duration", (text) => {
  expect(parseDuration(text)).toBeUndefined();
});
