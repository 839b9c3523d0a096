import { v7 as uuidv7 } from "uuid";
import {
  CHANGES_KEPT_DAYS,
  DEAD_OBJECT_HOURS,
  EXPIRED_LEFT_SECONDS,
  ORPHAN_HOURS,
  SWEEP_SLOW_HOURS,
  TOMBSTONE_DAYS,
} from "../../api/limits.ts";
import { type ObjectName, objectNameTime } from "./object.ts";
import { expire } from "./reads.ts";
import type { Objects } from "./stores.ts";
import { type PlaceAfter, SWEEP_LEASE } from "./upkeep-store.ts";
import type { Stores } from "./writes.ts";

/** How long the sweep leaves each thing alone, in milliseconds. */
export interface SweepRules {
  /** An expired key is left to its readers for so long: the first of them learns that it has expired. */
  readonly expiredMs: number;
  /** A deleted key and its history. */
  readonly tombstoneMs: number;
  /** A change in the log that watchers read. */
  readonly changesMs: number;
  /** An object that no revision names any more: longer than any read, and than any upload. */
  readonly deadMs: number;
  /** An object without a row: longer than any upload. */
  readonly orphanMs: number;
  /** Between two walks over all keys and all objects, of all replicas together. */
  readonly slowMs: number;
  readonly pageSize: number;
}

const HOUR_MS = 3_600_000;

export const SWEEP_RULES: SweepRules = {
  expiredMs: EXPIRED_LEFT_SECONDS * 1_000,
  tombstoneMs: TOMBSTONE_DAYS * 24 * HOUR_MS,
  changesMs: CHANGES_KEPT_DAYS * 24 * HOUR_MS,
  deadMs: DEAD_OBJECT_HOURS * HOUR_MS,
  orphanMs: ORPHAN_HOURS * HOUR_MS,
  slowMs: SWEEP_SLOW_HOURS * HOUR_MS,
  pageSize: 500,
};

/** What one sweep has done. */
export interface Swept {
  /** Expired keys that became tombstones. */
  expired: number;
  /** Tombstones that were removed. */
  forgotten: number;
  /** Revisions that were removed, with tombstones or because their namespace keeps fewer. */
  revisions: number;
  /** Changes that the log does not hold any more. */
  changes: number;
  /** Objects that were deleted because no revision names them. */
  objects: number;
  /** Objects that were deleted because they had no row. */
  orphans: number;
}

/** The lease ends so long after a replica that swept has died; each page renews it. */
const LEASE_MS = 120_000;
/** Objects that are deleted at the same time. */
const DELETES_MAX = 8;

/** A sweep that is under way: what it works on, and whether it still may. */
interface Sweep {
  readonly stores: Stores;
  readonly rules: SweepRules;
  readonly swept: Swept;
  /** Renews the lease. False when another replica has it or the service is to stop. */
  goOn(): Promise<boolean>;
}

/**
 * Removes what nobody needs any more, one replica at a time and in pages. Undefined while another replica sweeps. It may
 * be broken off anywhere: what it did not finish, the next one does. Fails with `unavailable` when a store does.
 */
export async function sweep(stores: Stores, rules: SweepRules, signal: AbortSignal): Promise<Swept | undefined> {
  const { upkeep } = stores.metadata;
  const holder = uuidv7();
  const now = await upkeep.take(SWEEP_LEASE, holder, LEASE_MS);
  if (now === undefined) return undefined;
  const swept: Swept = { expired: 0, forgotten: 0, revisions: 0, changes: 0, objects: 0, orphans: 0 };
  const goOn = async () => !signal.aborted && (await upkeep.take(SWEEP_LEASE, holder, LEASE_MS)) !== undefined;
  const work: Sweep = { stores, rules, swept, goOn };
  try {
    await expireUnread(work);
    await forgetTombstones(work);
    await trimChanges(work);
    // The second lease is never given back: it keeps everybody from the slow part until its time has come again.
    if ((await upkeep.take("slow sweep", holder, rules.slowMs)) !== undefined) {
      await pruneByCount(work);
      await deleteOrphans(work, now - rules.orphanMs);
    }
    await deleteDead(work);
    return swept;
  } finally {
    await upkeep.take(SWEEP_LEASE, holder, 0);
  }
}

/** By the same statement as every reader who finds an expired key, so that a writer who comes first wins. */
async function expireUnread({ stores, rules, swept, goOn }: Sweep): Promise<void> {
  while (await goOn()) {
    const page = await stores.metadata.upkeep.expired(rules.expiredMs, rules.pageSize);
    const done = await Promise.all(page.map(({ at, etag }) => expire(stores, at, { etag })));
    const removed = done.filter(Boolean).length;
    swept.expired += removed;
    if (page.length < rules.pageSize || removed === 0) return;
  }
}

async function forgetTombstones({ stores, rules, swept, goOn }: Sweep): Promise<void> {
  while (await goOn()) {
    const { seen, keys, revisions } = await stores.metadata.upkeep.forget(rules.tombstoneMs, rules.pageSize);
    swept.forgotten += keys;
    swept.revisions += revisions;
    if (seen < rules.pageSize || keys === 0) return;
  }
}

async function trimChanges({ stores, rules, swept, goOn }: Sweep): Promise<void> {
  while (await goOn()) {
    const changes = await stores.metadata.upkeep.trim(rules.changesMs, rules.pageSize);
    swept.changes += changes;
    if (changes < rules.pageSize) return;
  }
}

async function pruneByCount({ stores, rules, swept, goOn }: Sweep): Promise<void> {
  let after: PlaceAfter | undefined;
  while (await goOn()) {
    const { revisions, next, seen } = await stores.metadata.upkeep.prune(after, rules.pageSize);
    swept.revisions += revisions;
    if (seen < rules.pageSize) return;
    after = next;
  }
}

/**
 * Bytes first, row second: after a crash in between the row says what is left to do. A dead object never comes to life
 * again, and its row stays until no late write could name it, so nothing can go wrong between the two.
 */
async function deleteDead({ stores, rules, swept, goOn }: Sweep): Promise<void> {
  while (await goOn()) {
    const names = await stores.metadata.upkeep.dead(rules.deadMs, rules.pageSize);
    await deleteObjects(stores.objects, names);
    await stores.metadata.upkeep.bury(names);
    swept.objects += names.length;
    if (names.length < rules.pageSize) return;
  }
}

/** Uploads that never got a row. Only names of ours that say when they were made: digest keys and strangers stay. */
async function deleteOrphans({ stores, rules, swept, goOn }: Sweep, before: number): Promise<void> {
  let page: ObjectName[] = [];
  const settle = async () => {
    const orphans = await stores.metadata.upkeep.unknown(page);
    page = [];
    await deleteObjects(stores.objects, orphans);
    swept.orphans += orphans.length;
  };
  for await (const name of stores.objects.list("")) {
    const made = name.startsWith("_") ? undefined : objectNameTime(name);
    if (made === undefined || made > before) continue;
    page.push(name as ObjectName);
    if (page.length < rules.pageSize) continue;
    await settle();
    if (!(await goOn())) return;
  }
  if (page.length > 0) await settle();
}

export async function deleteObjects(objects: Objects, names: readonly ObjectName[]): Promise<void> {
  for (let at = 0; at < names.length; at += DELETES_MAX)
    await Promise.all(names.slice(at, at + DELETES_MAX).map((name) => objects.delete(name)));
}
