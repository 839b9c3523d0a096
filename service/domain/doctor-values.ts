import { placed } from "./chart.ts";
import type { Visit } from "./doctor.ts";
import { Failure } from "./fault.ts";
import type { RevisionAfter, WalkedRevision } from "./inspection-store.ts";
import { eachOf } from "./work.ts";

/** Values that are read at the same time. */
const READS_AT_ONCE = 8;

/** Reads the bytes of every revision and compares them with their digest, where the key that made it is known. */
export async function checkValues(visit: Visit): Promise<void> {
  const { patient, rules, chart, progress, signal } = visit;
  let after: RevisionAfter | undefined;
  let last: WalkedRevision | undefined;
  do {
    const page = await patient.inspection.revisions(after, rules.pageSize);
    const fresh = page.filter((revision, index) => !isSame(index === 0 ? last : page[index - 1], revision));
    await eachOf(fresh, READS_AT_ONCE, async (revision) => {
      signal.throwIfAborted();
      await checkValue(visit, revision);
      progress("bytes of values", chart.checked.bytesRead);
    });
    last = page.length === rules.pageSize ? page.at(-1) : undefined;
    after = last && { ...last.at, revision: last.revision };
  } while (after !== undefined);
}

/** A revision that changed only what is said about the value names the bytes of the one before. */
const isSame = (one: WalkedRevision | undefined, other: WalkedRevision): boolean =>
  one?.slice !== undefined &&
  one.slice.object === other.slice?.object &&
  one.slice.offset === other.slice.offset &&
  one.digest.hex === other.digest.hex &&
  one.at.key === other.at.key;

type Verdict = "whole" | "unknown" | "gone" | "damaged" | "unreadable";

async function checkValue(visit: Visit, revision: WalkedRevision): Promise<void> {
  const { chart } = visit;
  const verdict = await verdictOn(visit, revision);
  if (verdict === "unknown") chart.digestsUnknown += 1;
  if (verdict !== "damaged" && verdict !== "unreadable") return;
  // The bytes never change, so a second look tells whether the first one went wrong on its way.
  if ((await verdictOn(visit, revision)) !== verdict) return;
  const { at, slice, by, updatedAt } = revision;
  const where = { ...placed(at), revision: revision.revision, by, at: updatedAt, object: slice?.object ?? "" };
  chart.add({ kind: verdict === "damaged" ? "value_damaged" : "value_unreadable", ...where, repaired: false });
}

/** `gone`: too short or not there, which the look at the objects tells, or was deleted meanwhile. */
async function verdictOn({ patient, chart, signal }: Visit, revision: WalkedRevision): Promise<Verdict> {
  const { at, slice, digest } = revision;
  if (!slice) return "whole";
  const { objects } = patient.stores;
  const running = patient.digesters.get(digest.keyId)?.start(at);
  try {
    const bytes = await objects.stream(slice, signal);
    if (!bytes) return "gone";
    for await (const chunk of bytes) {
      running?.update(chunk);
      chart.checked.bytesRead += chunk.byteLength;
    }
  } catch (error) {
    if (signal.aborted) throw error;
    if (!(error instanceof Failure)) return "gone";
    // One value, or the whole store? Then this fails as well.
    await objects.ready();
    return "unreadable";
  }
  if (!running) return "unknown";
  return running.end().hex === digest.hex ? "whole" : "damaged";
}
