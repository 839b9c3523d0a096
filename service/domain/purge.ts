import type { ObjectName } from "./object.ts";
import type { PurgePage, PurgeQuery } from "./purge-store.ts";
import { deleteObjects } from "./sweep.ts";
import { BACKUP_LEASE } from "./upkeep-store.ts";
import type { Stores } from "./writes.ts";

/** What a purge has destroyed so far, or in a dry run would have. */
export interface Purged {
  readonly keys: number;
  readonly revisions: number;
  /** Objects whose bytes were deleted; 0 in a dry run. */
  readonly objects: number;
}

const PAGE_SIZE = 500;
/** How often a page is tried again for keys that a writer changes at the same moment. */
const TRIES_MAX = 10;

/**
 * Destroys keys at once, with their history and bytes, in pages, and tells after each page how far it is. Broken off, it
 * has destroyed what it told of; the same request does the rest. Bytes that the object store did not delete are the
 * sweep's. A key whose writer always comes first is left. Fails with `unavailable`.
 */
export async function* purge(stores: Stores, query: PurgeQuery, signal: AbortSignal): AsyncGenerator<Purged> {
  let total: Purged = { keys: 0, revisions: 0, objects: 0 };
  let after: string | undefined = "";
  let tries = 1;
  while (after !== undefined) {
    if (signal.aborted) return; // nobody waits for the rest
    const page: PurgePage = await stores.metadata.purge(query, after, PAGE_SIZE);
    total = await added(stores, total, page);
    yield total;
    // Those that were overtaken are looked at anew: they may not fit the query any more.
    const again: boolean = page.overtaken > 0 && tries < TRIES_MAX;
    tries = again ? tries + 1 : 1;
    if (!again) after = page.next;
  }
}

/** Asked after the keys are gone: a backup that takes its lease later does not know of them. Answers how many were deleted. */
async function deleteUnlessBackedUp({ metadata, objects }: Stores, dead: readonly ObjectName[]): Promise<number> {
  if (dead.length === 0 || (await metadata.upkeep.isTaken(BACKUP_LEASE))) return 0;
  await deleteObjects(objects, dead);
  return dead.length;
}

async function added(stores: Stores, total: Purged, { keys, revisions, dead }: PurgePage): Promise<Purged> {
  const deleted = await deleteUnlessBackedUp(stores, dead).catch(() => 0);
  return {
    keys: total.keys + keys,
    revisions: total.revisions + revisions,
    objects: total.objects + deleted,
  };
}
