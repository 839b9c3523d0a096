import { expect, it } from "vitest";
import { createPool } from "./postgres-pool.ts";

interface Numbered {
  readonly number: number;
  end(): Promise<void>;
}

function pool() {
  const opened: number[] = [];
  const ended: number[] = [];
  const open = (): Numbered => {
    const number = opened.push(opened.length);
    return { number, end: async () => void ended.push(number) };
  };
  return { ended, ...createPool<Numbered>(open, (error) => error === "broken") };
}

const number = async (sql: Numbered) => sql.number;
const failing = (error: string) => async () => {
  throw error;
};

it("keeps its connections while nothing breaks, and passes failures on", async () => {
  const { use, ended, close } = pool();
  await expect(use(failing("refused"))).rejects.toBe("refused");
  expect(await use(number)).toBe(1);
  await close();
  expect(ended).toEqual([1]);
});

it("takes others once one has broken, and ends the old ones when nothing runs there any more", async () => {
  const { use, ended } = pool();
  let answer: (number: number) => void = () => undefined;
  const slow = use((sql) => new Promise<number>((resolve) => (answer = () => resolve(sql.number))));
  // Two that break together cost one renewal.
  await Promise.allSettled([use(failing("broken")), use(failing("broken"))]);
  expect(await use(number)).toBe(2);
  expect(ended).toEqual([]);
  answer(0);
  expect(await slow).toBe(1);
  expect(ended).toEqual([1]);
});
