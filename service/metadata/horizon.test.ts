import { expect, it } from "vitest";
import { advance, type Horizon, NOTHING_SEEN, type Sighting } from "./horizon.ts";

const seen = (last: number, xmin: number, mark?: number): Sighting => ({
  last,
  xmin: BigInt(xmin),
  mark: mark === undefined ? undefined : BigInt(mark),
});

const after = (...sightings: readonly Sighting[]): Horizon =>
  sightings.reduce((known, sighting, index) => advance(known, sighting, index), NOTHING_SEEN);

it.each([
  { when: "nothing was ever logged", sightings: [seen(0, 100)], settled: 0 },
  { when: "a mark has just been set", sightings: [seen(5, 100, 100)], settled: 0 },
  { when: "all below the mark have ended", sightings: [seen(5, 100, 100), seen(5, 101)], settled: 5 },
  { when: "one below the mark is at work", sightings: [seen(5, 99, 100), seen(5, 99)], settled: 0 },
  { when: "more was logged since the mark", sightings: [seen(5, 99, 100), seen(9, 100)], settled: 5 },
  {
    when: "the next mark was set in the look that reached the first",
    sightings: [seen(5, 99, 100), seen(9, 100, 110), seen(9, 110)],
    settled: 9,
  },
  {
    when: "a mark that waits is not replaced by a later one",
    sightings: [seen(5, 99, 100), seen(9, 99, 110), seen(9, 100)],
    settled: 5,
  },
  {
    when: "the server was replaced by one with lower xids",
    sightings: [seen(5, 900, 950), seen(5, 20, 30), seen(6, 31)],
    settled: 5,
  },
  {
    when: "the server was set back to an older state",
    sightings: [seen(5, 99, 100), seen(5, 101), seen(3, 101, 102), seen(3, 103)],
    settled: 3,
  },
])("when $when, the log is final up to $settled", ({ sightings, settled }) => {
  expect(after(...sightings).settled).toBe(settled);
});

it("remembers since when it waits", () => {
  expect(after(seen(5, 99, 100), seen(6, 99), seen(7, 99)).waiting).toMatchObject({ last: 5, sinceMs: 0 });
});
