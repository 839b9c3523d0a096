import type { Visit } from "./doctor.ts";
import { repairLost } from "./doctor-lost.ts";
import type { FindingKind } from "./findings.ts";
import type { ObjectFacts } from "./inspection-store.ts";
import { type StoredObject, sizeOf } from "./inventory.ts";
import { type ObjectName, objectNameTime } from "./object.ts";
import { each, inPages, sideBySide } from "./side-by-side.ts";
import { eachOf } from "./work.ts";

/** An object as both sides know it. */
export interface ObjectState {
  readonly name: ObjectName;
  readonly facts: ObjectFacts | undefined;
  /** In bytes; undefined: the store has no such object. */
  readonly size: number | undefined;
}

export type Suspicion =
  | Extract<
      FindingKind,
      "object_lost" | "object_elsewhere" | "row_missing" | "live_bytes_wrong" | "row_without_object" | "orphan"
    >
  | "young"
  | "stranger";

/** What is the store's own: no row knows of it. */
const OWN_PREFIX = "_nskv/";
const LOOKS_AT_ONCE = 8;

/** Pure. All that may be wrong with one object, or worth a note. `bornBefore`: when an object without a row is an orphan. */
export function suspicionsOf({ name, facts, size }: ObjectState, bornBefore: number): readonly Suspicion[] {
  if (!facts || (!facts.row && !facts.named)) {
    if (size === undefined || name.startsWith(OWN_PREFIX)) return [];
    const born = objectNameTime(name);
    return [born === undefined ? "stranger" : born > bornBefore ? "young" : "orphan"];
  }
  const { row, named } = facts;
  if (named && !named.isAtHome) return ["object_elsewhere"];
  const found: Suspicion[] = [];
  if (named && (size === undefined || size < named.bytesMin)) found.push("object_lost");
  if (!row) found.push("row_missing");
  else if (row.liveBytes !== (named?.bytes ?? 0) || row.isDead !== (row.liveBytes === 0))
    found.push(size === undefined && !named ? "row_without_object" : "live_bytes_wrong");
  return found;
}

/** Each entry's bytes, each object's row, and the counts by which objects live and die. */
export async function checkObjects(visit: Visit): Promise<void> {
  const { patient, rules, chart, progress, signal } = visit;
  const bornBefore = (await patient.inspection.now()) - rules.orphanMs;
  await patient.inspection.objects(async (facts) => {
    const pairs = sideBySide(each(facts), patient.stores.objects.inventory(""));
    for await (const page of inPages(pairs, rules.pageSize)) {
      signal.throwIfAborted();
      for (const { right } of page) count(visit, right);
      const states = page.map(({ name, left, right }) => ({
        name: name as ObjectName,
        facts: left,
        size: right?.size,
      }));
      await settle(visit, states, bornBefore);
      progress("objects", chart.checked.objects);
    }
  });
}

function count({ chart }: Visit, stored: StoredObject | undefined): void {
  if (!stored) return;
  chart.checked.objects += 1;
  chart.checked.bytes += stored.size;
}

async function settle(visit: Visit, states: readonly ObjectState[], bornBefore: number): Promise<void> {
  const suspects: (readonly [ObjectState, readonly Suspicion[]])[] = [];
  for (const state of states) {
    const suspicions = suspicionsOf(state, bornBefore);
    if (suspicions.includes("young")) visit.chart.youngObjects += 1;
    else if (suspicions.includes("stranger")) visit.chart.stranger(state.name);
    else if (suspicions.includes("object_elsewhere"))
      visit.chart.add({ kind: "object_elsewhere", object: state.name, repaired: false });
    else if (suspicions.length > 0) suspects.push([state, suspicions]);
  }
  if (suspects.length === 0) return;
  const again = await lookAgain(
    visit,
    suspects.map(([{ name }]) => name),
  );
  const confirmed = suspects.flatMap(([{ name }, first]) => {
    const state = again.get(name);
    if (!state) return [];
    const second = suspicionsOf(state, bornBefore);
    return first.filter((one) => second.includes(one)).map((suspicion) => ({ state, suspicion }));
  });
  await treat(visit, confirmed, bornBefore);
}

/**
 * Bytes first, rows second: what a row still names after its bytes were missed is lost. What was written or deleted in
 * between shows in the rows.
 */
async function lookAgain(
  { patient }: Visit,
  names: readonly ObjectName[],
): Promise<ReadonlyMap<ObjectName, ObjectState>> {
  const sizes = await eachOf(names, LOOKS_AT_ONCE, (name) => sizeOf(patient.stores.objects, name));
  const facts = new Map((await patient.inspection.facts(names)).map((one) => [one.name, one]));
  return new Map(names.map((name, index) => [name, { name, facts: facts.get(name), size: sizes[index] }]));
}

interface Confirmed {
  readonly state: ObjectState;
  readonly suspicion: Suspicion;
}

async function treat(visit: Visit, confirmed: readonly Confirmed[], bornBefore: number): Promise<void> {
  const of = (...kinds: Suspicion[]) => confirmed.filter(({ suspicion }) => kinds.includes(suspicion));
  const lost = of("object_lost").map(({ state }) => state);
  if (lost.length > 0) await repairLost(visit, lost);
  for (const { state } of of("orphan")) {
    if (visit.mayRemove) await visit.patient.stores.objects.delete(state.name);
    visit.chart.add({ kind: "orphan", object: state.name, repaired: visit.mayRemove });
  }
  const miscounted = of("row_missing", "live_bytes_wrong", "row_without_object");
  if (miscounted.length > 0) await recount(visit, miscounted, bornBefore);
}

async function recount(visit: Visit, miscounted: readonly Confirmed[], bornBefore: number): Promise<void> {
  const { patient, rules, chart } = visit;
  const repaired = rules.fix !== "nothing";
  if (repaired) {
    await patient.inspection.recount(miscounted.map(({ state }) => state.name));
    // A younger one may still be named by a write that is under way: its row, dead by now, is what refuses that.
    const gone = miscounted.filter(
      ({ state, suspicion }) => suspicion === "row_without_object" && (objectNameTime(state.name) ?? 0) < bornBefore,
    );
    if (gone.length > 0) await patient.stores.metadata.upkeep.bury(gone.map(({ state }) => state.name));
  }
  for (const { state, suspicion } of miscounted) {
    const { row, named } = state.facts ?? {};
    const detail = `${row?.liveBytes ?? "no"} bytes counted, ${named?.bytes ?? 0} named`;
    if (suspicion !== "young" && suspicion !== "stranger")
      chart.add({ kind: suspicion, object: state.name, detail, repaired });
  }
}
