import { describe, expect, it } from "vitest";
import { ProblemError } from "../../api/failures.ts";
import type { Problem } from "../../api/problem.ts";
import { list, map, nullOf, num, obj, str, unknownOf } from "../cty/make.ts";
import { listType, mapType, STRING } from "../cty/type.ts";
import { attribute } from "../cty/value.ts";
import { listed, setWith } from "./fixture-set.ts";
import type { SetWrite } from "./set-comparison.ts";
import { textsIn } from "./set-members.ts";
import { notedOf } from "./set-notes.ts";
import { diagnosticsOf, notesAfter, stateDone, stateLeft, strangersLeft } from "./set-outcome.ts";
import type { Fate } from "./set-send.ts";

const texts = (...of: string[]) => list(STRING, of.map(str));
const noted = (key: string, etag = `${key}-1`) => notedOf(listed(key, { etag }));
const remove = (key: string): SetWrite => ({ op: "delete", key, only: { etag: `${key}-1` } });

it("notes follow what was done: what was written anew, what is gone, and a stranger that is none any more", () => {
  const notes = {
    keys: new Map(["kept", "changed", "gone"].map((key) => [key, noted(key)])),
    strangers: new Map([
      ["removed", "removed-1"],
      ["adopted", "adopted-1"],
      ["left", "left-1"],
    ]),
  };
  const done = new Map<string, Fate>([
    ["changed", noted("changed", "changed-2")],
    ["adopted", noted("adopted", "adopted-2")],
    ["gone", "gone"],
    ["removed", "gone"],
  ]);
  const after = notesAfter(notes, { done });
  expect([...after.keys].map(([, { etag }]) => etag)).toEqual(["kept-1", "changed-2", "adopted-2"]);
  expect([...after.strangers.keys()]).toEqual(["left"]);
  expect(notes.keys.get("changed")).toEqual(noted("changed"));
});

it("a state after all was done says what was planned, and names strangers only where the plan could not", () => {
  const after = { keys: new Map(), strangers: new Map([["x", "x-1"]]) };
  const planned = setWith({ unmanaged_keys: texts() });
  expect(stateDone(planned, after)).toBe(planned);
  const open = setWith({ unmanaged_keys: unknownOf(listType(STRING)) });
  expect(textsIn(attribute(stateDone(open, after), "unmanaged_keys"))).toEqual(["x"]);
});

describe("a state of which a part was written", () => {
  it("keeps the TTL of the prior one, so that the rest is planned again", () => {
    const prior = setWith({ values: obj({ a: num(1) }), ttl: str("PT1H") });
    const planned = setWith({ values: obj({ a: num(2) }), ttl: str("P1D") });
    expect(attribute(stateLeft(prior, planned, [remove("a")], []), "ttl")).toEqual(str("PT1H"));
  });

  it("of a create has what was written, the planned TTL, and no types where it says none", () => {
    const planned = setWith({
      values: obj({ a: num(1), b: num(2) }),
      types: map(STRING, { b: str("JSON") }),
      ttl: str("P1D"),
    });
    const state = stateLeft(undefined, planned, [remove("b")], []);
    expect(attribute(state, "values")).toEqual(obj({ a: num(1) }));
    expect(attribute(state, "types")).toEqual(nullOf(mapType(STRING)));
    expect(attribute(state, "ttl")).toEqual(str("P1D"));
  });

  it("names the keys of others that are there still", () => {
    const prior = setWith({ unmanaged_keys: texts("x", "y") });
    expect(strangersLeft(prior, { done: new Map([["x", "gone" as const]]) })).toEqual(["y"]);
    expect(strangersLeft(undefined, { done: new Map() })).toEqual([]);
  });
});

describe("why a batch could not be made", () => {
  const problem = (name: string, more: Partial<Problem> = {}): Problem => ({
    type: `/problems/${name}`,
    title: name,
    status: 409,
    detail: "d",
    message: "m",
    remedy: "r",
    requestId: "1",
    ...more,
  });
  const current = { revision: 2, etag: "b-2", updateDate: "u", updatedBy: "ada", door: "http" };
  const failed = (failure: unknown, keys: readonly string[], perhapsDone = false) =>
    diagnosticsOf("n", { failure, perhapsDone, batch: keys.map(remove) }, "Remedy.");

  it("names the keys that are in the way, and none that is only gone", () => {
    const operations = [
      { index: 0, status: 412, problem: problem("stale") },
      { index: 1, status: 412, problem: problem("stale", { current }) },
    ];
    const diagnostics = failed(new ProblemError(problem("batch-refused", { operations }), "a batch"), ["a", "b"]);
    expect(diagnostics).toMatchObject([{ summary: "Key changed outside Terraform" }]);
    expect(diagnostics[0]?.detail).toContain('"n/b" is now at revision 2');
  });

  it.each([
    { when: "a value alone is too large", name: "too-large", keys: ["a"], says: "A value is too large for a set" },
    { when: "it is one of several", name: "too-large", keys: ["a", "b"], says: "too-large" },
    {
      when: "the one that was sent is wrong otherwise",
      name: "malformed-request",
      keys: ["a"],
      says: "malformed-request",
    },
  ])("when $when: $says", ({ name, keys, says }) => {
    const [diagnostic, ...others] = failed(new ProblemError(problem(name), "a batch"), keys);
    expect([diagnostic?.summary, others]).toEqual([says, []]);
  });

  it("says only of what may have happened that nobody knows", () => {
    const known = failed(new Error("e"), ["a", "b"]).map(({ detail }) => detail.includes("is not known"));
    const open = failed(new Error("e"), ["a", "b"], true).map(({ detail }) => /Whether "a", "b" were/.test(detail));
    expect([known, open]).toEqual([[false], [true]]);
  });
});
