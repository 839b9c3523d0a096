import { v7 as uuidv7 } from "uuid";
import { expect, it } from "vitest";
import { Chart } from "./chart.ts";
import type { Patient } from "./doctor.ts";
import { checkObjects, type ObjectState, suspicionsOf } from "./doctor-objects.ts";
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

/** A store whose first look, at everything, and second look, at what seems wrong, differ. */
function patientOf(first: readonly ObjectState[], second: readonly ObjectState[]) {
  const factsOf = (states: readonly ObjectState[]) => states.flatMap(({ facts }) => facts ?? []);
  const sized = (states: readonly ObjectState[], prefix: string) =>
    states.flatMap(({ name, size }) => (name.startsWith(prefix) && size !== undefined ? [{ name, size }] : []));
  const asked: string[] = [];
  const patient = {
    inspection: {
      now: async () => LIMIT,
      objects: (work: (pages: AsyncIterable<readonly ObjectFacts[]>) => Promise<void>) =>
        work(
          (async function* () {
            yield factsOf(first);
          })(),
        ),
      facts: async (names: readonly string[]) => {
        asked.push("rows");
        return factsOf(second).filter(({ name }) => names.includes(name));
      },
      naming: async () => [],
    },
    stores: {
      objects: {
        async *inventory(prefix: string) {
          if (prefix !== "") asked.push("bytes");
          yield* sized(prefix === "" ? first : second, prefix);
        },
      },
    },
  } as unknown as Patient;
  return { patient, asked };
}

async function findings(first: ObjectState, second: ObjectState) {
  const { patient, asked } = patientOf([first], [second]);
  const chart = new Chart();
  const rules = { fix: "nothing", deep: false, orphanMs: 0, pageSize: 10 } as const;
  const signal = new AbortController().signal;
  await checkObjects({ patient, rules, chart, mayRemove: false, progress: () => undefined, signal });
  return { kinds: chart.report().findings.map(({ kind }) => kind), asked };
}

it.each([
  {
    when: "an upload came between the two lists",
    first: state(OLD, undefined, { row: alive, named }),
    second: state(OLD, 7, { row: alive, named }),
    kinds: [],
  },
  {
    when: "the sweep came between the two lists",
    first: state(OLD, undefined, { row: alive, named: undefined }),
    second: state(OLD, undefined, { row: dead, named: undefined }),
    kinds: [],
  },
  {
    when: "its row came between the two lists",
    first: state(OLD, 7),
    second: state(OLD, 7, { row: alive, named }),
    kinds: [],
  },
  {
    when: "it was wrong and still is",
    first: state(OLD, 7, { row: undefined, named }),
    second: state(OLD, 7, { row: undefined, named }),
    kinds: ["row_missing"],
  },
  {
    when: "only one of two things still is wrong",
    first: state(OLD, undefined, { row: undefined, named }),
    second: state(OLD, 7, { row: undefined, named }),
    kinds: ["row_missing"],
  },
])("when $when, it finds $kinds", async ({ first, second, kinds }) => {
  expect(await findings(first, second)).toEqual({ kinds, asked: ["bytes", "rows"] });
});
