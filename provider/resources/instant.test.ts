import { expect, it } from "vitest";
import { instantKey, isDay, sameInstant } from "./instant.ts";

it.each([
  { text: "2021-09-01", day: true },
  { text: "2024-02-29", day: true },
  { text: "2000-02-29", day: true },
  { text: "0000-01-01", day: true },
  { text: "0099-12-31", day: true },
  { text: "2021-02-29", day: false },
  { text: "1900-02-29", day: false },
  { text: "2021-13-01", day: false },
  { text: "2021-00-10", day: false },
  { text: "2021-9-1", day: false },
  { text: "tomorrow", day: false },
])("$text is a day: $day", ({ text, day }) => {
  expect(isDay(text)).toBe(day);
});

it.each([
  { a: "2021-09-01T01:02:03Z", b: "2021-09-01T03:02:03+02:00" },
  { a: "2021-09-01T01:02:03.100Z", b: "2021-09-01T01:02:03.1Z" },
  { a: "2021-09-01T01:02Z", b: "2021-09-01T01:02:00.000Z" },
  { a: "2021-01-01T00:30:00+01:00", b: "2020-12-31T23:30:00Z" },
  { a: "1969-12-31T23:59:59Z", b: "1970-01-01T00:59:59+01:00" },
])("$a is the instant $b", ({ a, b }) => {
  expect(sameInstant(a, b)).toBe(true);
});

it.each([
  { a: "2021-09-01T01:02:03Z", b: "2021-09-01T01:02:04Z" },
  { a: "2021-09-01T01:02:03.0000000000000000001Z", b: "2021-09-01T01:02:03Z" },
  { a: "2021-09-01T01:02:03.1Z", b: "2021-09-01T01:02:03.01Z" },
  { a: "2021-09-01T01:02:03Z", b: "2021-09-01T01:02:03-01:00" },
])("$a is not the instant $b", ({ a, b }) => {
  expect(sameInstant(a, b)).toBe(false);
});

it.each([
  "2021-09-01",
  "2021-09-01T01:02:03",
  "2021-02-29T00:00:00Z",
  "2021-09-01T24:00:00Z",
  "2021-09-01T00:60:00Z",
  "2021-12-31T23:59:60Z",
  "2021-09-01T00:00:00+19:00",
  "2021-09-01T00:00:00+01:60",
  "0000-01-01T00:00:00+01:00",
  "9999-12-31T23:59:59-01:00",
])("%s is no instant", (text) => {
  expect(instantKey(text)).toBeUndefined();
});

it("texts that are no instants are the same as texts", () => {
  expect(sameInstant("soon", "soon")).toBe(true);
  expect(sameInstant("soon", "later")).toBe(false);
});
