import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { STORE_SIZES_SECONDS } from "../../api/limits.ts";
import type { StoreSizes } from "../domain/telemetry.ts";
import { sizeFigures } from "./store-figures.ts";

const SIZES: StoreSizes = {
  live: 5,
  expired: 2,
  deleted: 1,
  revisions: 9,
  objects: 7,
  deadObjects: 3,
  valueBytes: 100,
  revisionBytes: 200,
};

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const readAll = (figures: ReturnType<typeof sizeFigures>) =>
  Promise.all(figures.map(async ({ name, read }) => [name, await read()]));

it("sizes are counted once for all figures of a scrape, and for all scrapes of some seconds", async () => {
  const count = vi.fn(async () => SIZES);
  const figures = sizeFigures(count);
  expect(Object.fromEntries(await readAll(figures))).toEqual({
    nskv_store_entries: [
      { labels: { state: "live" }, value: 5 },
      { labels: { state: "expired" }, value: 2 },
      { labels: { state: "deleted" }, value: 1 },
    ],
    nskv_store_revisions: [{ value: 9 }],
    nskv_store_objects: [
      { labels: { state: "live" }, value: 7 },
      { labels: { state: "dead" }, value: 3 },
    ],
    nskv_store_value_bytes: [{ value: 100 }],
    nskv_store_revision_bytes: [{ value: 200 }],
  });
  vi.advanceTimersByTime(STORE_SIZES_SECONDS * 1_000 - 1);
  await readAll(figures);
  expect(count).toHaveBeenCalledTimes(1);
  vi.advanceTimersByTime(1);
  await readAll(figures);
  expect(count).toHaveBeenCalledTimes(2);
});

it("a database that does not answer is not waited for longer than a scraper waits", async () => {
  const figures = sizeFigures(() => new Promise(() => undefined));
  const read = expect(readAll(figures)).rejects.toThrow("did not answer in time");
  await vi.advanceTimersByTimeAsync(2_000);
  await read;
});

it("one that is away is asked anew after the same time, not at each scrape", async () => {
  const count = vi.fn(async (): Promise<StoreSizes> => {
    throw new Error("away");
  });
  const figures = sizeFigures(count);
  await expect(readAll(figures)).rejects.toThrow("away");
  await expect(readAll(figures)).rejects.toThrow("away");
  expect(count).toHaveBeenCalledTimes(1);
});
