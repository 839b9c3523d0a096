import { placed } from "./chart.ts";
import type { Visit } from "./doctor.ts";
import type { ObjectState } from "./doctor-objects.ts";
import type { Slice } from "./entry.ts";
import { Failure } from "./fault.ts";
import { restore } from "./history.ts";
import type { NamingRevision } from "./inspection-store.ts";
import { sizeOf } from "./inventory.ts";
import { expire } from "./reads.ts";
import { remove } from "./writes.ts";

const AUTHOR = { by: "doctor", door: "cli", idempotencyKey: undefined } as const;
/** Revisions of a key that are looked at in one go for one that has its bytes. */
const HISTORY_PAGE = 50;

/** Reports each revision whose bytes these objects should have and have not, and does with the keys what was asked for. */
export async function repairLost(visit: Visit, states: readonly ObjectState[]): Promise<void> {
  const sizes = new Map(states.map(({ name, size }) => [name, size]));
  const naming = await visit.patient.inspection.naming(states.map(({ name }) => name));
  const lost = naming.filter(({ slice }) => !reaches(sizes.get(slice.object), slice));
  for (const ofKey of byKey(lost)) {
    const repaired = visit.mayRemove && (await repairKey(visit, ofKey));
    for (const { at, revision, isCurrent, by, updatedAt, slice } of ofKey) {
      const size = sizes.get(slice.object);
      const detail = size === undefined ? "the object is gone" : `the object ends after ${size} bytes`;
      const where = { ...placed(at), revision, isCurrent, by, at: updatedAt, object: slice.object };
      visit.chart.add({ kind: "object_lost", ...where, detail, repaired });
    }
  }
}

const reaches = (size: number | undefined, { offset, length }: Slice): boolean =>
  size !== undefined && size >= offset + length;

/** They come in the order of their keys. */
function byKey(revisions: readonly NamingRevision[]): NamingRevision[][] {
  const groups: NamingRevision[][] = [];
  for (const revision of revisions) {
    const group = groups.at(-1);
    const last = group?.[0]?.at;
    const { tenant, namespace, key } = revision.at;
    if (last?.tenant === tenant && last.namespace === namespace && last.key === key) group?.push(revision);
    else groups.push([revision]);
  }
  return groups;
}

/** First the key gets another newest revision, then the lost ones can go. False when that was not asked for or not possible. */
async function repairKey(visit: Visit, lost: readonly NamingRevision[]): Promise<boolean> {
  const { rules, patient } = visit;
  if (rules.fix !== "restore-previous" && rules.fix !== "drop-lost") return false;
  const current = lost.find(({ isCurrent }) => isCurrent);
  if (current && !(await replace(visit, current))) return false;
  return (await patient.inspection.dropRevisions(lost)) === lost.length;
}

/** Ends or restores a key, if it still is what was found. One whose time is over ends, whatever was asked for. */
async function replace({ patient, rules }: Visit, { at, etag, revision }: NamingRevision): Promise<boolean> {
  const { stores } = patient;
  const only = { kind: "etag", etag } as const;
  try {
    if (await expire(stores, at, { etag })) return true;
    if (rules.fix === "drop-lost") return await remove(stores, at, only, AUTHOR);
    const whole = await newestWhole(patient, at, revision);
    if (whole === undefined) return false;
    await restore(stores, { at, only, author: AUTHOR }, whole);
    return true;
  } catch (error) {
    // Somebody has written the key by now: the next visit sees what is left.
    if (error instanceof Failure && ["stale", "not_found"].includes(error.fault.kind)) return false;
    throw error;
  }
}

async function newestWhole(
  { stores }: Visit["patient"],
  at: NamingRevision["at"],
  below: number,
): Promise<number | undefined> {
  let before: number | undefined = below;
  while (before !== undefined) {
    const page = await stores.metadata.history.revisions({ at, before, limit: HISTORY_PAGE });
    for (const { revision, slice } of page)
      if (slice && reaches(await sizeOf(stores.objects, slice.object), slice)) return revision;
    before = page.length === HISTORY_PAGE ? page.at(-1)?.revision : undefined;
  }
  return undefined;
}
