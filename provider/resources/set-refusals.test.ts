import { describe, expect, it } from "vitest";
import type { CurrentEntry, Problem, RefusedOperation } from "../../api/problem.ts";
import { error } from "../schema/diagnostic.ts";
import type { SetWrite } from "./set-comparison.ts";
import { inOne, named, partlyWritten, refusedBatch } from "./set-refusals.ts";

const keysTo = (count: number) => Array.from({ length: count }, (_, n) => `k${n}`);

it.each([
  { keys: 1, says: /"k0"$/ },
  { keys: 10, says: /"k9"$/ },
  { keys: 11, says: /"k9" and 1 more$/ },
])("of $keys keys no message names more than ten", ({ keys, says }) => expect(named(keysTo(keys))).toMatch(says));

describe("a batch that was refused", () => {
  const current: CurrentEntry = { revision: 7, etag: "e", updateDate: "2026-01-01", updatedBy: "ada", door: "cli" };
  const put = (key: string): SetWrite => ({ op: "put", key, fields: { value: "1" }, only: "if-absent" });
  const remove = (key: string): SetWrite => ({ op: "delete", key, only: { etag: "e" } });
  const refusal = (index: number, name: string, more: Partial<Problem> = {}): RefusedOperation => ({
    index,
    status: 412,
    problem: {
      type: `/problems/${name}`,
      title: name,
      status: 412,
      detail: "Why.",
      message: "m",
      remedy: "r",
      requestId: "1",
      ...more,
    },
  });
  const told = (write: SetWrite, name: string, more?: Partial<Problem>) =>
    refusedBatch("n", [refusal(0, name, more)], [write], "Remedy.")[0];

  it("says what is there instead, and who made it", () => {
    expect(told(put("a"), "already-exists", { current })?.detail).toMatch(
      /"n\/a" exists already, at revision 7, .*ada/,
    );
    expect(told(put("a"), "stale", { current })?.detail).toMatch(/^"n\/a" is now at revision 7.* Remedy\.$/);
    expect(told(put("a"), "stale")).toMatchObject({ summary: "Key deleted outside Terraform" });
  });

  it("says of a deletion alone how the key goes nevertheless", () => {
    const says = (write: SetWrite) => told(write, "stale", { current })?.detail.includes("-refresh-only");
    expect([says(put("a")), says(remove("a"))]).toEqual([false, true]);
  });

  it("tells of ten keys one by one, and names the others in one message", () => {
    const refused = keysTo(12).map((_, index) => refusal(index, "already-exists"));
    const diagnostics = refusedBatch("n", refused, keysTo(12).map(put), "Remedy.");
    expect(diagnostics).toHaveLength(11);
    expect(diagnostics.at(-1)).toMatchObject({ detail: 'The same holds for "k10", "k11".' });
    expect(refusedBatch("n", refused.slice(0, 10), keysTo(12).map(put), "Remedy.")).toHaveLength(10);
  });
});

it("a part that was written is counted, and a create says how to go on", () => {
  expect(partlyWritten(1, 2, false).detail).toMatch(/^one key of 3 was written.*for the rest\.$/);
  expect(partlyWritten(2, 1, true).detail).toMatch(/^2 keys of 3 were written.*terraform untaint/);
});

it("of several errors that one has to tell every detail is told, and one stays as it is", () => {
  const [first, second] = [error("A", "First."), error("B", "Second.")];
  expect(inOne([first])).toBe(first);
  expect(inOne([first, second])).toMatchObject({ detail: "First.\n\nSecond." });
});
