import { expect, it } from "vitest";
import type { Figure } from "./contenders.ts";
import { promised, ratioOf, rowsOf, spreadOf, tableOf } from "./report.ts";

const figure = (perSecond: number): Figure => ({ perSecond, p50: 1, p99: 2, ownUs: 10, storesUs: 0, sender: 0.1 });

it("a ratio is taken by round, not between medians", () => {
  const ones = [figure(10), figure(100), figure(30)];
  const others = [figure(100), figure(200), figure(100)];
  expect(ratioOf(ones, others, "perSecond")).toEqual({ median: 0.3, least: 0.1, most: 0.5 });
});

it.each([
  { target: ["≥", 0.6], values: [0.5, 0.6, 0.9], kept: true },
  { target: ["≥", 0.6], values: [0.5, 0.59, 0.9], kept: false },
  { target: ["≤", 3], values: [2, 3, 9], kept: true },
  { target: ["≤", 3], values: [2, 3.1, 9], kept: false },
] as const)("the median of $values beside $target: kept $kept", ({ target, values, kept }) => {
  expect(promised("it", spreadOf(values), target).kept).toBe(kept);
});

it("the table has a line for each contender and each promise", () => {
  const rows = rowsOf("GET", new Map([["etcd", [figure(1_000), figure(3_000)]]]));
  const table = tableOf(rows, [promised("GET beside etcd", spreadOf([2]), ["≥", 1.5])]);
  expect(table).toMatch(/^GET {2}etcd {2}.*2000 \(1000 to 3000\)/m);
  expect(table).toMatch(/^GET beside etcd .*2\.00.*≥ 1\.5.*kept$/m);
});
