import { afterEach, expect, it, vi } from "vitest";
import type { Entry } from "../domain/entry.ts";
import type { Stores } from "../domain/writes.ts";
import { keptAnswer } from "./entry-answer.ts";

afterEach(() => void vi.useRealTimers());

it("what an entry looks like is remembered, but for its Last-Modified, which settles once", () => {
  const entry = { etag: "1", updatedAt: "2026-03-01T10:00:00.300000Z", slice: {}, labels: {}, digest: {} };
  const looks: number[] = [];
  const objects = { uriOf: () => `file:${looks.push(0)}` };
  const saidAt = (time: string) => {
    vi.setSystemTime(`2026-03-01T${time}Z`);
    const told = keptAnswer(entry as unknown as Entry, Buffer.from("17"), { objects } as unknown as Stores, "mine");
    return told.headers.get("last-modified");
  };
  vi.useFakeTimers({ toFake: ["Date"] });
  const said = ["10:00:00.500", "10:01:00.900", "10:01:01", "11:00:00"].map(saidAt);
  const [written, settled] = ["Sun, 01 Mar 2026 10:00:00 GMT", "Sun, 01 Mar 2026 10:00:01 GMT"];
  expect(said).toEqual([written, written, settled, settled]);
  expect(looks).toHaveLength(1);
});
