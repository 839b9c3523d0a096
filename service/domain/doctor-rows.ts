import { placed } from "./chart.ts";
import type { Visit } from "./doctor.ts";
import type { Misfit, RevisionAfter } from "./inspection-store.ts";
import type { PlaceAfter } from "./upkeep-store.ts";

/**
 * Whether entries and their history fit each other; and whether the object store is the one that the database belongs to:
 * its keys have made digests that are here. Without any value nobody can tell.
 */
export async function checkRows(visit: Visit): Promise<{ readonly isPaired: boolean }> {
  await checkEntries(visit);
  const keyIds = await checkRevisions(visit);
  const isPaired = [...keyIds].some((id) => visit.patient.digesters.has(id));
  if (!isPaired && keyIds.size > 0)
    visit.chart.add({
      kind: "digest_key_missing",
      detail: `${keyIds.size === 1 ? "the key" : "keys"} ${[...keyIds].slice(0, 3).join(", ")}`,
      repaired: false,
    });
  return { isPaired };
}

async function checkEntries({ patient, rules, chart, progress, signal }: Visit): Promise<void> {
  let after: PlaceAfter | undefined;
  do {
    signal.throwIfAborted();
    const from = after;
    const page = await patient.inspection.entries(from, rules.pageSize);
    if (page.misfits.length > 0) {
      const again = await patient.inspection.entries(from, rules.pageSize);
      report({ chart }, page.misfits, again.misfits);
    }
    chart.checked.entries += page.seen;
    progress("entries", chart.checked.entries);
    after = page.next;
  } while (after !== undefined);
}

async function checkRevisions({ patient, rules, chart, progress, signal }: Visit): Promise<ReadonlySet<string>> {
  const keyIds = new Set<string>();
  let after: RevisionAfter | undefined;
  do {
    signal.throwIfAborted();
    const page = await patient.inspection.revisions(after, rules.pageSize);
    const misfits = page.flatMap(({ misfit }) => misfit ?? []);
    if (misfits.length > 0) {
      const again = await patient.inspection.revisions(after, rules.pageSize);
      report(
        { chart },
        misfits,
        again.flatMap(({ misfit }) => misfit ?? []),
      );
    }
    for (const { digest } of page) keyIds.add(digest.keyId);
    chart.checked.revisions += page.length;
    progress("revisions", chart.checked.revisions);
    const last = page.length === rules.pageSize ? page.at(-1) : undefined;
    after = last && { ...last.at, revision: last.revision };
  } while (after !== undefined);
  return keyIds;
}

/** Only what was so both times. */
export function report(
  { chart }: Pick<Visit, "chart">,
  first: readonly Misfit[],
  second: readonly Misfit[],
  kind: "entry_differs" | "change_log_differs" = "entry_differs",
): void {
  const idOf = ({ at, revision, what }: Misfit) => JSON.stringify([at.tenant, at.namespace, at.key, revision, what]);
  const still = new Set(second.map(idOf));
  for (const misfit of first.filter((one) => still.has(idOf(one)))) {
    const { at, revision, by, updatedAt, what } = misfit;
    chart.add({ kind, ...placed(at), revision, by, at: updatedAt, detail: what, repaired: false });
  }
}
