import { Chart } from "./chart.ts";
import type { Digester } from "./digest.ts";
import { checkLog } from "./doctor-log.ts";
import { checkObjects } from "./doctor-objects.ts";
import { checkRows } from "./doctor-rows.ts";
import { checkValues } from "./doctor-values.ts";
import type { Report } from "./findings.ts";
import type { Inspection } from "./inspection-store.ts";
import type { InventoriedObjects } from "./inventory.ts";
import { holdLease } from "./lease.ts";
import { SWEEP_LEASE } from "./upkeep-store.ts";
import type { Stores } from "./writes.ts";

/** The store that is looked at. */
export interface Patient {
  readonly stores: Stores & { readonly objects: InventoriedObjects };
  readonly inspection: Inspection;
  /** By the ids of their keys: all whose key is in the object store. */
  readonly digesters: ReadonlyMap<string, Digester>;
}

/** What is repaired: nothing; what loses nothing; and what to do with keys whose bytes are lost, which is never a default. */
export type Fix = "nothing" | "safe" | "restore-previous" | "drop-lost";

export interface DoctorRules {
  readonly fix: Fix;
  /** Reads every value and compares its digest. */
  readonly deep: boolean;
  /** An object without a row is an upload under way for so long, in milliseconds. */
  readonly orphanMs: number;
  readonly pageSize: number;
}

/** A check under way. */
export interface Visit {
  readonly patient: Patient;
  readonly rules: DoctorRules;
  readonly chart: Chart;
  /** Whether bytes and keys may be removed: only where database and object store surely belong together. */
  readonly mayRemove: boolean;
  readonly progress: (step: string, done?: number) => void;
  readonly signal: AbortSignal;
}

/**
 * Looks at all of a store, in pages and while it is in use, and repairs what it is told to. What looks wrong is looked at
 * once more before it counts, so that writers and the sweep raise no false alarm. Fails with `unavailable`.
 */
export async function examine(
  patient: Patient,
  rules: DoctorRules,
  progress: Visit["progress"],
  signal: AbortSignal,
): Promise<Report> {
  const { upkeep } = patient.stores.metadata;
  // Neither a sweep nor a restore may run beside repairs: what it has brought or is to remove would look wrong.
  const lease =
    rules.fix === "nothing"
      ? undefined
      : await holdLease(upkeep, SWEEP_LEASE, () => progress("waiting for a sweep of the store"), signal);
  const chart = new Chart();
  try {
    const look: Visit = { patient, rules, chart, mayRemove: false, progress, signal };
    const { isPaired } = await checkRows(look);
    const visit = { ...look, mayRemove: rules.fix !== "nothing" && isPaired };
    await checkObjects(visit);
    await checkLog(visit);
    if (rules.deep) await checkValues(visit);
    return chart.report();
  } finally {
    await lease?.release().catch(() => undefined);
  }
}
