import { expect, it } from "vitest";
import { nextTogether } from "./next-together.ts";

function steps() {
  const runs: { resolve: (text: string) => void; reject: (error: Error) => void }[] = [];
  const ask = nextTogether(() => new Promise<string>((resolve, reject) => runs.push({ resolve, reject })));
  return { runs, ask };
}

const turns = () => new Promise((resolve) => setImmediate(resolve));

it("who asks during a run shares the next one, and no two runs overlap", async () => {
  const { runs, ask } = steps();
  const first = ask();
  const others = [ask(), ask()];
  await turns();
  expect(runs).toHaveLength(1);
  runs[0]?.resolve("first");
  expect(await first).toBe("first");
  const late = ask();
  await turns();
  expect(runs).toHaveLength(2);
  runs[1]?.resolve("second");
  expect(await Promise.all(others)).toEqual(["second", "second"]);
  await turns();
  runs[2]?.resolve("third");
  expect(["second", "third"]).toContain(await late);
});

it("a run that fails fails for those who share it, and the next one is made all the same", async () => {
  const { runs, ask } = steps();
  const first = ask();
  const second = ask();
  runs[0]?.reject(new Error("broken on purpose"));
  await expect(first).rejects.toThrow("broken on purpose");
  await turns();
  runs[1]?.resolve("well");
  expect(await second).toBe("well");
});
