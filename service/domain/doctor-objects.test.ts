import { v7 as uuidv7 } from "uuid";
import { expect, it } from "vitest";
import { type ObjectState, suspicionsOf } from "./doctor-objects.ts";
import type { ObjectFacts } from "./inspection-store.ts";
import type { ObjectName } from "./object.ts";

const LIMIT = Date.parse("2026-01-02T00:00:00Z");
const nameAt = (msecs: number) => `main/a.b/_kv/k-00/${uuidv7({ msecs })}.json` as ObjectName;
const [OLD, YOUNG] = [nameAt(LIMIT - 1), nameAt(LIMIT + 1)];

const named = { bytes: 14, bytesMin: 7, isAtHome: true };
const alive = { liveBytes: 14, isDead: false };
const dead = { liveBytes: 0, isDead: true };
const state = (name: string, size: number | undefined, facts?: Omit<ObjectFacts, "name">): ObjectState => ({
  name: name as ObjectName,
  size,
  facts: facts && { ...facts, name: name as ObjectName },
});

it.each([
  { when: "all is well", at: state(OLD, 7, { row: alive, named }), found: [] },
  { when: "the object is longer than what is named", at: state(OLD, 9, { row: alive, named }), found: [] },
  { when: "it is dead and still there", at: state(OLD, 7, { row: dead, named: undefined }), found: [] },
  {
    when: "it is dead and gone, its row waiting for the sweep",
    at: state(OLD, undefined, { row: dead, named: undefined }),
    found: [],
  },
  { when: "it is gone", at: state(OLD, undefined, { row: alive, named }), found: ["object_lost"] },
  { when: "it ends too early", at: state(OLD, 6, { row: alive, named }), found: ["object_lost"] },
  { when: "it has no row", at: state(OLD, 7, { row: undefined, named }), found: ["row_missing"] },
  {
    when: "it has neither bytes nor row",
    at: state(OLD, undefined, { row: undefined, named }),
    found: ["object_lost", "row_missing"],
  },
  {
    when: "too few bytes are counted",
    at: state(OLD, 7, { row: { liveBytes: 7, isDead: false }, named }),
    found: ["live_bytes_wrong"],
  },
  { when: "it is called dead", at: state(OLD, 7, { row: dead, named }), found: ["live_bytes_wrong"] },
  {
    when: "nobody names it and it lives",
    at: state(OLD, 7, { row: alive, named: undefined }),
    found: ["live_bytes_wrong"],
  },
  {
    when: "nobody names it, it lives and is gone",
    at: state(OLD, undefined, { row: alive, named: undefined }),
    found: ["row_without_object"],
  },
  {
    when: "its count is right and its death wrong",
    at: state(OLD, 7, { row: { liveBytes: 14, isDead: true }, named }),
    found: ["live_bytes_wrong"],
  },
  {
    when: "another namespace names it",
    at: state(OLD, undefined, { row: undefined, named: { ...named, isAtHome: false } }),
    found: ["object_elsewhere"],
  },
  { when: "nothing knows it and it is old", at: state(OLD, 7), found: ["orphan"] },
  { when: "nothing knows it and it is young", at: state(YOUNG, 7), found: ["young"] },
  {
    when: "its row has come and gone meanwhile",
    at: state(YOUNG, 7, { row: undefined, named: undefined }),
    found: ["young"],
  },
  { when: "it has vanished", at: state(OLD, undefined), found: [] },
  { when: "it is none of ours", at: state("readme.txt", 7), found: ["stranger"] },
  { when: "it is a digest's key", at: state("_nskv/digest-keys/1", 32), found: [] },
])("when $when, it finds $found", ({ at, found }) => {
  expect(suspicionsOf(at, LIMIT)).toEqual(found);
});
