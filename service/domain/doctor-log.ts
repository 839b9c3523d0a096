import type { Visit } from "./doctor.ts";
import { report } from "./doctor-rows.ts";

/** Longer than any piece of work that takes a lease, in milliseconds. */
const LEASE_MS_MAX = 24 * 3_600_000;

/** The change log, as far as its newest part tells, and the leases. */
export async function checkLog({ patient, rules, chart, progress }: Visit): Promise<void> {
  const { inspection } = patient;
  const repaired = rules.fix !== "nothing";
  const log = await inspection.changes(rules.pageSize);
  chart.checked.changes = log.compared;
  progress("newest changes", log.compared);
  if (log.misfits.length > 0) {
    const again = await inspection.changes(rules.pageSize);
    report({ chart }, log.misfits, again.misfits, "change_log_differs");
  }
  if (log.isAhead) {
    if (repaired) await inspection.advanceChanges();
    chart.add({ kind: "change_log_ahead", repaired });
  }
  for (const { name, until } of await inspection.longLeases(LEASE_MS_MAX)) {
    if (repaired) await inspection.endLease(name);
    chart.add({ kind: "lease_too_long", detail: `${name}, until ${until}`, at: until, repaired });
  }
}
