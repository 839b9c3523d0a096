import { expect, it } from "vitest";
import { Histogram } from "./histogram.ts";

const bucketsOf = (histogram: Histogram) =>
  Object.fromEntries(
    histogram
      .samples({})
      .filter(({ suffix }) => suffix === "_bucket")
      .map(({ labels, value }) => [labels?.["le"], value]),
  );

it("a bucket holds what is at most its bound, and all that is in those below it", () => {
  const histogram = new Histogram();
  for (const seconds of [0, 0.0005, 0.0006, 0.3, 60, 61]) histogram.observe(seconds);
  const buckets = bucketsOf(histogram);
  expect(buckets).toMatchObject({ "0.0005": 2, "0.001": 3, "0.25": 3, "0.5": 4, "30": 4, "60": 5, "+Inf": 6 });
});

it("its sum and its count are those of all, with the labels that were given", () => {
  const histogram = new Histogram();
  for (const seconds of [1, 2, 100]) histogram.observe(seconds);
  const others = histogram.samples({ method: "GET" }).filter(({ suffix }) => suffix !== "_bucket");
  expect(others).toEqual([
    { suffix: "_sum", labels: { method: "GET" }, value: 103 },
    { suffix: "_count", labels: { method: "GET" }, value: 3 },
  ]);
});
