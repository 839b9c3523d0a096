import { describe, expect, it } from "vitest";
import type { Failure } from "../domain/fault.ts";
import { type BatchRules, createBatcher, type Job } from "./batching.ts";

type Task = Readonly<{ name: string; number: number }>;
type Batch = readonly Job<Task, string>[];

/** A batcher whose batches end when the test says so. */
function bench(rules: Partial<BatchRules<Task, string>> = {}) {
  const sent: { readonly jobs: Batch; readonly end: () => void; readonly fail: (error: Error) => void }[] = [];
  const batcher = createBatcher<Task, string>({
    sizeMax: 3,
    inFlightMax: 1,
    fullInFlightMax: 1,
    waitingMax: 100,
    waitingMsMax: 60_000,
    nameOf: ({ name }) => name,
    run: (jobs) => new Promise((resolve, reject) => sent.push({ jobs, end: resolve, fail: reject })),
    ...rules,
  });
  const answer = (index: number) => {
    for (const { item, resolve } of sent[index]?.jobs ?? []) resolve(`${item.name}${item.number}`);
    sent[index]?.end();
  };
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
  const batches = () => sent.map(({ jobs }) => jobs.map(({ item }) => `${item.name}${item.number}`).join(" "));
  return { batcher, sent, answer, turn, batches };
}

const tasks = (...texts: string[]): Task[] =>
  texts.map((text) => ({ name: text.slice(0, 1), number: Number(text.slice(1)) }));

describe("a batcher", () => {
  it("sends together what came in one turn, and gathers the rest while that runs", async () => {
    const { batcher, answer, turn, batches } = bench();
    const answers = tasks("a1", "b1", "c1", "d1").map((task) => batcher.add(task));
    await turn();
    expect(batches()).toEqual(["a1 b1 c1"]);
    answers.push(...tasks("e1").map((task) => batcher.add(task)));
    await turn();
    expect(batches()).toEqual(["a1 b1 c1"]);
    answer(0);
    await turn();
    expect(batches()).toEqual(["a1 b1 c1", "d1 e1"]);
    answer(1);
    expect(await Promise.all(answers)).toEqual(["a1", "b1", "c1", "d1", "e1"]);
  });

  it("sends a full batch behind the one that runs, and no other", async () => {
    const { batcher, answer, turn, batches } = bench({ fullInFlightMax: 2 });
    const answers = tasks("a1", "b1", "c1", "d1", "e1").map((task) => batcher.add(task));
    await turn();
    expect(batches()).toEqual(["a1 b1 c1"]);
    answers.push(...tasks("f1", "g1", "h1").map((task) => batcher.add(task)));
    await turn();
    expect(batches()).toEqual(["a1 b1 c1", "d1 e1 f1"]);
    answer(0);
    await turn();
    expect(batches()).toHaveLength(2); // what is left is not full, and one runs
    answer(1);
    await turn();
    answer(2);
    await Promise.all(answers);
    expect(batches()).toEqual(["a1 b1 c1", "d1 e1 f1", "g1 h1"]);
  });

  it("refuses what has waited too long behind slow batches, and goes on with the rest", async () => {
    const { batcher, answer, turn, batches } = bench({ waitingMsMax: 50, sizeMax: 1 });
    const slow = tasks("a1", "a2", "b1", "c1").map((task) => batcher.add(task).catch((error: Failure) => error.fault));
    await turn();
    await new Promise((resolve) => setTimeout(resolve, 70));
    const late = tasks("a3", "c2").map((task) => batcher.add(task));
    answer(0);
    const refused = { kind: "unavailable", reason: expect.stringContaining("slow") };
    expect(await Promise.all(slow)).toEqual(["a1", refused, refused, refused]);
    for (const index of [1, 2]) {
      await turn();
      answer(index);
    }
    expect(await Promise.all(late)).toEqual(["a3", "c2"]);
    expect(batches()).toEqual(["a1", "c2", "a3"]);
    await batcher.close();
  });

  it("never has one name twice in a batch, nor in two that run at once, and keeps each name's order", async () => {
    const { batcher, answer, turn, batches } = bench({ inFlightMax: 2, fullInFlightMax: 2 });
    const answers = tasks("a1", "a2", "b1", "a3", "b2", "c1", "d1").map((task) => batcher.add(task));
    await turn();
    expect(batches()).toEqual(["a1 b1 c1", "d1"]);
    answer(1);
    await turn();
    expect(batches()).toHaveLength(2);
    answer(0);
    await turn();
    answer(2);
    await turn();
    expect(batches()).toEqual(["a1 b1 c1", "d1", "a2 b2", "a3"]);
    answer(3);
    await Promise.all(answers);
  });

  it("without names sends equals together", async () => {
    const { batcher, answer, turn, batches } = bench({ nameOf: undefined });
    const answers = tasks("a1", "a1").map((task) => batcher.add(task));
    await turn();
    expect(batches()).toEqual(["a1 a1"]);
    answer(0);
    await Promise.all(answers);
  });

  it("a batch that fails fails whom it left without an answer, and nobody else", async () => {
    const { batcher, sent, answer, turn } = bench();
    const answers = tasks("a1", "b1", "a2").map((task) => batcher.add(task));
    const outcomes = Promise.allSettled(answers);
    await turn();
    sent[0]?.jobs[0]?.resolve("a1");
    sent[0]?.fail(new Error("broken on purpose"));
    await turn();
    answer(1);
    expect(await outcomes).toEqual([
      { status: "fulfilled", value: "a1" },
      { status: "rejected", reason: new Error("broken on purpose") },
      { status: "fulfilled", value: "a2" },
    ]);
  });

  it("a request that a batch forgot fails rather than wait for ever", async () => {
    const { batcher, sent, turn } = bench();
    const outcome = expect(batcher.add({ name: "a", number: 1 })).rejects.toThrow("without an answer");
    await turn();
    sent[0]?.end();
    await outcome;
  });

  it("refuses as unavailable when too many wait", async () => {
    const { batcher, answer, turn } = bench({ waitingMax: 2 });
    const answers = tasks("a1", "b1").map((task) => batcher.add(task));
    await expect(batcher.add({ name: "c", number: 1 })).rejects.toMatchObject({ fault: { kind: "unavailable" } });
    await turn();
    answers.push(batcher.add({ name: "d", number: 1 }));
    answer(0);
    await turn();
    answer(1);
    expect(await Promise.all(answers)).toEqual(["a1", "b1", "d1"]);
  });

  it("closes when all that was asked is answered, and refuses what comes later", async () => {
    const { batcher, answer, turn } = bench();
    const answers = tasks("a1", "a2").map((task) => batcher.add(task));
    let closed = false;
    const closing = batcher.close().then(() => {
      closed = true;
    });
    await expect(batcher.add({ name: "b", number: 1 })).rejects.toMatchObject({ fault: { kind: "unavailable" } });
    await turn();
    answer(0);
    await turn();
    expect(closed).toBe(false);
    answer(1);
    await closing;
    expect(await Promise.all(answers)).toEqual(["a1", "a2"]);
  });

  it("tells how much waits, runs and has been sent", async () => {
    const { batcher, answer, turn } = bench();
    const answers = tasks("a1", "b1", "c1", "d1", "d2").map((task) => batcher.add(task));
    expect(batcher.stats()).toEqual({ waiting: 5, running: 0, batches: 0, requests: 0 });
    await turn();
    expect(batcher.stats()).toEqual({ waiting: 2, running: 1, batches: 1, requests: 3 });
    for (const index of [0, 1, 2]) {
      answer(index);
      await turn();
    }
    await Promise.all(answers);
    expect(batcher.stats()).toEqual({ waiting: 0, running: 0, batches: 3, requests: 5 });
  });

  it("runs a batch as done for all of its requests", async () => {
    const within: unknown[][] = [];
    let current = "nobody";
    const causes = {
      current: () => current,
      within: <T>(all: readonly unknown[], work: () => Promise<T>) => {
        within.push([...all]);
        return work();
      },
    };
    const { batcher, answer, turn } = bench({ causes });
    const answers = tasks("a1", "b1", "c1", "d1").map((task) => {
      current = `the request of ${task.name}`;
      return batcher.add(task);
    });
    await turn();
    answer(0);
    await turn();
    answer(1);
    await Promise.all(answers);
    const of = (...names: string[]) => names.map((name) => `the request of ${name}`);
    expect(within).toEqual([of("a", "b", "c"), of("d")]);
  });
});
