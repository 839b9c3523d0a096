import type { NamedObject } from "../domain/copy-store.ts";
import type { StoredObject } from "../domain/inventory.ts";
import { inPages, sideBySide } from "../domain/side-by-side.ts";
import { eachOf } from "../domain/work.ts";
import { copyObject, hashObject } from "./copy-object.ts";
import type { ObjectLine } from "./manifest.ts";
import {
  type BackupFolder,
  BackupRefused,
  COPIES_AT_ONCE,
  type CopiedStore,
  OWN_PREFIX,
  PAGE_OBJECTS,
  type Progress,
  someOf,
} from "./parties.ts";

/** A line of a list of objects, by its name. */
export interface KnownObject {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

interface Wanted {
  /** What the rows name. */
  readonly named: AsyncIterable<NamedObject>;
  /** What the backup before had in its list. */
  readonly known: AsyncIterable<KnownObject>;
}

/** An object to have in the folder. */
interface Plan {
  readonly name: string;
  readonly bytes: number;
  /** Its sum where the backup before noted it and the file is there still; nothing has to be read then. */
  readonly sha256: string | undefined;
  /** Whether the folder has it: an unfinished backup left it, whole as every object is. */
  readonly isThere: boolean;
}

const MISSING_SHOWN = 5;

/**
 * Sees to it that the folder has each named object, and lists them. What is named and not in the store fails the whole:
 * no lease has been lost, so somebody else has lost bytes.
 */
export function copyObjects(
  { objects: from }: CopiedStore,
  { objects: to }: BackupFolder,
  wanted: Wanted,
  check: () => void,
  progress: Progress,
  signal: AbortSignal,
) {
  const totals = { count: 0, bytes: 0, copied: { objects: 0, bytes: 0 } };
  const missing: string[] = [];
  let missed = 0;
  const miss = (name: string) => {
    if (++missed <= MISSING_SHOWN) missing.push(name);
  };

  async function* lines(): AsyncGenerator<readonly ObjectLine[], void, void> {
    const stored = present(wanted.named, from.inventory(""), miss);
    for await (const page of inPages(planned(stored, wanted.known, to.inventory("")), PAGE_OBJECTS)) {
      check();
      signal.throwIfAborted();
      const sums = await eachOf(page, COPIES_AT_ONCE, (plan) => settle(plan));
      for (const { bytes } of page) totals.bytes += bytes;
      totals.count += page.length;
      yield page.flatMap(({ name, bytes }, index) => (sums[index] === undefined ? [] : [[name, bytes, sums[index]]]));
      progress("objects", totals.count);
    }
    if (missed > 0)
      throw new BackupRefused(
        `Missing in the object store, or too short there, of the objects that keys or their history name: ${missed} (${someOf(missing, missed)}). See "nskv doctor".`,
      );
  }

  async function settle(plan: Plan): Promise<string | undefined> {
    if (plan.sha256 !== undefined) return plan.sha256;
    if (plan.isThere) return hashObject(to, plan, signal);
    const sum = await copyObject(from, to, plan, undefined, signal);
    if (sum === undefined) miss(plan.name);
    totals.copied.objects += 1;
    totals.copied.bytes += plan.bytes;
    return sum;
  }

  return { lines, totals: () => totals };
}

/** What rows name and the store has, and what is the store's own. */
async function* present(
  named: AsyncIterable<NamedObject>,
  stored: AsyncIterable<StoredObject>,
  miss: (name: string) => void,
): AsyncGenerator<KnownSize, void, void> {
  for await (const { name, left, right } of sideBySide(named, stored)) {
    if (left && (!right || right.size < left.bytesMin)) miss(name);
    else if (right && (left || name.startsWith(OWN_PREFIX))) yield { name, bytes: right.size };
  }
}

interface KnownSize {
  readonly name: string;
  readonly bytes: number;
}

async function* planned(
  wanted: AsyncIterable<KnownSize>,
  known: AsyncIterable<KnownObject>,
  there: AsyncIterable<StoredObject>,
): AsyncGenerator<Plan, void, void> {
  for await (const { name, left, right } of sideBySide(sideBySide(wanted, known), there)) {
    const object = left?.left;
    if (!object) continue;
    const isThere = right?.size === object.bytes && !name.startsWith(OWN_PREFIX);
    const noted = left.right?.bytes === object.bytes ? left.right.sha256 : undefined;
    yield { name, bytes: object.bytes, isThere, sha256: isThere ? noted : undefined };
  }
}
