import { expect, it } from "vitest";
import { inTurn } from "./in-turn.ts";

it("never more than so many at once, each in the order it came, failures included", async () => {
  const turn = inTurn(2);
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const task = (number: number) =>
    turn(async () => {
      begun.push(number);
      most = Math.max(most, ++running);
      await new Promise(setImmediate);
      running--;
      if (number % 3 === 0) throw new Error("broken on purpose");
      return number;
    });
  const outcomes = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map(task));
  expect(most).toBe(2);
  expect(begun).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(outcomes.map(({ status }) => status === "fulfilled")).toEqual([true, true, false, true, true, false, true]);
});
