import { getEventListeners } from "node:events";
import { expect, it } from "vitest";
import { forAll } from "./waiting.ts";

it("what is done for several is aborted with the last of them, with its reason, and leaves no listener", async () => {
  const [one, other] = [new AbortController(), new AbortController()];
  const signals = [one.signal, other.signal];
  const seen: boolean[] = [];
  const work = forAll(
    signals.map((signal) => ({ signal })),
    async (signal) => {
      one.abort(new Error("on purpose"));
      seen.push(signal.aborted);
      other.abort(new Error("me too"));
      seen.push(signal.aborted);
      throw signal.reason;
    },
  );
  await expect(work).rejects.toThrow("on purpose");
  expect(seen).toEqual([false, true]);
  expect(signals.map((signal) => getEventListeners(signal, "abort").length)).toEqual([0, 0]);
});

it("what has been done leaves no listener on a signal that lives on", async () => {
  const { signal } = new AbortController();
  expect(await forAll([{ signal }], async () => getEventListeners(signal, "abort").length)).toBe(1);
  expect(getEventListeners(signal, "abort")).toHaveLength(0);
});
