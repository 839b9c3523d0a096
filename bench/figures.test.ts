import { expect, it } from "vitest";
import { median, spread } from "./figures.ts";

it.each([
  { values: [3], middle: 3 },
  { values: [9, 1, 5], middle: 5 },
  { values: [10, 1, 2, 100], middle: 6 },
])("the median of $values is $middle", ({ values, middle }) => {
  expect(median(values)).toBe(middle);
});

it("nothing has no median", () => {
  expect(() => median([])).toThrow("no median");
});

it("a spread shows median, least and most in seconds", () => {
  expect(spread([1_500, 1_000, 4_000])).toBe("1.50 s (1.00 to 4.00)");
});
