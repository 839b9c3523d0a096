import { expect, it } from "vitest";
import { createPool, type PoolRules } from "./postgres-pool.ts";

interface Numbered {
  readonly number: number;
  end(): Promise<void>;
}

const RULES: PoolRules = { connectionsMax: 2, sharersMax: 1, idleMsMax: 60_000 };

function pool(rules: Partial<PoolRules> = {}) {
  const closing = new Map<number, () => void>();
  const ended: number[] = [];
  const connect = (onClose: () => void): Numbered => {
    const number = closing.size + 1;
    closing.set(number, onClose);
    return { number, end: async () => void ended.push(number) };
  };
  return {
    ended,
    close: (number: number) => closing.get(number)?.(),
    pool: createPool(connect, { ...RULES, ...rules }),
  };
}

const number = async (sql: Numbered) => sql.number;
const CLOSED = { name: "DatabaseError", trouble: "lost", cause: { code: "CONNECTION_CLOSED" } };

/** Work that lasts until it is told to end, and then answers which connection it had. */
function lasting() {
  let end: () => void = () => undefined;
  const over = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { end, work: (sql: Numbered) => over.then(() => sql.number) };
}

it("gives each work a connection for itself, and lets others wait in line", async () => {
  const { pool: all, ended } = pool();
  const [first, second, third] = [lasting(), lasting(), lasting()];
  const answers = [first, second, third].map(({ work }) => all.use(work));
  third.end();
  second.end();
  expect(await Promise.all(answers.slice(1))).toEqual([2, 2]);
  expect(await all.use(number)).toBe(2);
  first.end();
  expect(await answers[0]).toBe(1);
  expect(ended).toEqual([]);
});

it("lets works share a connection where the rules say so", async () => {
  const { pool: all } = pool({ connectionsMax: 1, sharersMax: 2 });
  const long = lasting();
  const answer = all.use(long.work);
  expect(await all.use(number)).toBe(1);
  long.end();
  expect(await answer).toBe(1);
});

const refuse = async () => {
  throw new Error("refused");
};

it("passes failures on, and keeps the connection", async () => {
  const { pool: all, ended } = pool();
  await all.use(number);
  await expect(all.use(refuse)).rejects.toThrow("refused");
  expect(await all.use(number)).toBe(1);
  expect(ended).toEqual([]);
});

it("puts nothing on a connection whose first work was refused: a server that turns it away closes it in a moment", async () => {
  const { pool: all, ended, close } = pool();
  await expect(all.use(refuse)).rejects.toThrow("refused");
  expect(ended).toEqual([1]);
  const next = lasting();
  const answer = all.use(next.work);
  close(1);
  next.end();
  expect(await answer).toBe(2);
});

it("fails all that waits on a connection that closes, and takes another from then on", async () => {
  const { pool: all, close, ended } = pool({ sharersMax: 2 });
  const forgotten = [all.use(() => new Promise(() => undefined)), all.use(() => new Promise(() => undefined))];
  close(1);
  expect(await all.use(number)).toBe(2);
  for (const one of forgotten) await expect(one).rejects.toMatchObject(CLOSED);
  expect(ended).toEqual([1]);
});

it("takes all others anew, when they are free, once one that was good has closed", async () => {
  const { pool: all, close, ended } = pool({ connectionsMax: 3 });
  const [busy, free] = [lasting(), lasting()];
  const answers = [busy, free].map(({ work }) => all.use(work));
  expect(await all.use(number)).toBe(3);
  free.end();
  expect(await answers[1]).toBe(2);
  close(3);
  expect(ended).toEqual([2]);
  expect(await all.use(number)).toBe(4);
  busy.end();
  expect(await answers[0]).toBe(1);
  expect(ended).toEqual([2, 1]);
});

it("keeps all others when one did not come about", async () => {
  const { pool: all, close } = pool();
  const busy = lasting();
  const answer = all.use(busy.work);
  const refused = all.use(() => new Promise(() => undefined));
  close(2);
  await expect(refused).rejects.toMatchObject(CLOSED);
  busy.end();
  expect(await answer).toBe(1);
  expect(await all.use(number)).toBe(1);
});

it("keeps the reason that the connection itself has given", async () => {
  const { pool: all, close } = pool();
  let fail: (error: Error) => void = () => undefined;
  const failing = all.use(() => new Promise((_, reject) => (fail = reject)));
  fail(new Error("reset by peer"));
  close(1);
  await expect(failing).rejects.toThrow("reset by peer");
});

it("ends a connection that nobody has used for a while, after it was taken out", async () => {
  const { pool: all, ended } = pool({ idleMsMax: 1 });
  expect(await all.use(number)).toBe(1);
  while (ended.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  expect(await all.use(number)).toBe(2);
});

it("ends its connections when it closes, and gives no others", async () => {
  const { pool: all, ended } = pool();
  await all.use(number);
  await all.close();
  expect(ended).toEqual([1]);
  await expect(all.use(number)).rejects.toMatchObject({ trouble: "unavailable", cause: { code: "CONNECTION_ENDED" } });
});
