import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Timed, unexplained } from "./linearizable.ts";
import { after, type Operation, type Value } from "./register.ts";

const at = (start: number, end: number | undefined, operation: Operation): Timed => ({
  key: "k",
  start,
  end,
  ...operation,
});
const read = (answer: Value): Operation => ({ op: "read", answer });
const put = (value: string): Operation => ({ op: "put", value, outcome: "done" });
const create = (value: string, outcome: "done" | "refused" = "done"): Operation => ({ op: "create", value, outcome });
const swap = (from: string, value: string, outcome: "done" | "refused" = "done"): Operation => ({
  op: "swap",
  from,
  value,
  outcome,
});
const remove = (outcome: "done" | "refused" = "done"): Operation => ({ op: "delete", outcome });
const lost = (value: string): Operation => ({ op: "put", value, outcome: "unknown" });

describe("a history is taken", () => {
  it.each([
    { that: "is empty", history: [] },
    { that: "is one after the other", history: [at(0, 1, put("a")), at(2, 3, read("a")), at(4, 5, remove())] },
    { that: "has a read that sees a write under way", history: [at(0, 9, put("a")), at(1, 2, read("a"))] },
    { that: "has a read that does not see it yet", history: [at(0, 9, put("a")), at(1, 2, read(undefined))] },
    {
      that: "has two writes in the order in which they did not begin",
      history: [at(0, 9, put("a")), at(1, 9, put("b")), at(10, 11, read("a"))],
    },
    {
      that: "has one of two creates refused",
      history: [at(0, 5, create("a", "refused")), at(1, 6, create("b")), at(7, 8, read("b"))],
    },
    {
      that: "has a write without an answer that happens late",
      history: [at(0, undefined, lost("a")), at(1, 2, read(undefined)), at(3, 4, put("b")), at(5, 6, read("a"))],
    },
    { that: "has one that never happens", history: [at(0, undefined, lost("a")), at(1, 2, read(undefined))] },
    {
      that: "has a swap refused because of a write without an answer",
      history: [at(0, 1, put("a")), at(2, undefined, lost("b")), at(3, 4, swap("a", "c", "refused"))],
    },
    {
      that: "has keys that are independent",
      history: [at(0, 1, put("a")), { ...at(2, 3, read(undefined)), key: "l" }],
    },
  ])("that $that", ({ history }) => expect(unexplained(history)).toBeUndefined());
});

describe("a history is refused", () => {
  it.each([
    { with: "a stale read", history: [at(0, 1, put("a")), at(2, 3, put("b")), at(4, 5, read("a"))] },
    { with: "a lost write", history: [at(0, 1, put("a")), at(2, 3, read(undefined))] },
    {
      with: "a lost update: two swaps of the same value",
      history: [at(0, 1, put("a")), at(2, 9, swap("a", "b")), at(3, 8, swap("a", "c"))],
    },
    { with: "two creates that both win", history: [at(0, 9, create("a")), at(1, 8, create("b"))] },
    { with: "a create refused over nothing", history: [at(0, 1, create("a", "refused"))] },
    { with: "a swap refused over its own value", history: [at(0, 1, put("a")), at(2, 3, swap("a", "b", "refused"))] },
    {
      with: "a refused write that is seen",
      history: [at(0, 1, put("a")), at(2, 3, create("b", "refused")), at(4, 5, read("b"))],
    },
    {
      with: "a new value and then the old one, while the write is under way",
      history: [at(0, 1, put("a")), at(2, 9, put("b")), at(3, 4, read("b")), at(5, 6, read("a"))],
    },
    { with: "a value before anybody wrote it", history: [at(0, 1, read("a")), at(2, 3, put("a"))] },
    { with: "a deleted value that comes back", history: [at(0, 1, put("a")), at(2, 3, remove()), at(4, 5, read("a"))] },
    {
      with: "a delete that found nothing where something was",
      history: [at(0, 1, put("a")), at(2, 3, remove("refused"))],
    },
    {
      with: "a write without an answer that happens twice",
      history: [at(0, undefined, lost("a")), at(1, 2, read("a")), at(3, 4, put("b")), at(5, 6, read("a"))],
    },
    {
      with: "a write without an answer that happens before it was sent",
      history: [at(0, 1, read("a")), at(2, undefined, lost("a"))],
    },
    { with: "a fault on another key", history: [at(0, 1, put("a")), { ...at(2, 3, read("a")), key: "l" }] },
  ])("with $with", ({ history }) => expect(unexplained(history)).toEqual(expect.any(String)));
});

const values = fc.constantFrom("a", "b", "c");
const outcomes = fc.constantFrom("done" as const, "refused" as const);
const operations: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({ op: fc.constant("read" as const), answer: fc.option(values, { nil: undefined }) }),
  fc.record({ op: fc.constant("put" as const), value: values, outcome: fc.constant("done" as const) }),
  fc.record({ op: fc.constant("create" as const), value: values, outcome: outcomes }),
  fc.record({ op: fc.constant("swap" as const), from: values, value: values, outcome: outcomes }),
  fc.record({ op: fc.constant("delete" as const), outcome: outcomes }),
);

/** Tries every order: right by its simplicity. */
function someOrderExplains(rest: readonly Timed[], state: Value = undefined): boolean {
  if (rest.length === 0) return true;
  return rest.some((first) => {
    const others = rest.filter((other) => other !== first);
    const isFree = others.every(({ end }) => Number(end) >= first.start);
    const next = isFree ? after(state, first) : undefined;
    return next !== undefined && someOrderExplains(others, next.state);
  });
}

it("the checker says what trying every order says", () => {
  const timed = fc.tuple(operations, fc.nat(8), fc.nat(6)).map(([each, start, ms]) => at(start, start + ms, each));
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(fc.array(timed, { maxLength: 6 }), (history) => {
      const explained = someOrderExplains(history);
      seen[explained ? "taken" : "refused"]++;
      expect(unexplained(history) === undefined).toBe(explained);
    }),
    { numRuns: 3_000 },
  );
  expect(Math.min(seen.taken, seen.refused)).toBeGreaterThan(100);
});
