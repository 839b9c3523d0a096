import type { Door, Instant } from "./entry.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import type { ObjectName } from "./object.ts";

/** Which keys a purge destroys; what is undefined says nothing. Deleted keys whose history is still kept are among them. */
export interface PurgeQuery {
  readonly tenant: Tenant;
  readonly namespace: NamespaceName;
  /** Only keys that have expired, removed or not. */
  readonly expiredOnly: boolean;
  readonly createdBefore: Instant | undefined;
  readonly updatedBefore: Instant | undefined;
  readonly prefix: string | undefined;
  /** Only counts. */
  readonly dryRun: boolean;
  readonly by: string;
  readonly door: Door;
}

/** What one page of a purge has destroyed, or would. */
export interface PurgePage {
  readonly keys: number;
  readonly revisions: number;
  /** Keys that a writer changed at the same moment: they were left as they are. */
  readonly overtaken: number;
  /** Objects that nothing names any more: they are the caller's to delete. Empty in a dry run. */
  readonly dead: readonly ObjectName[];
  /** Where the next page starts, or undefined after the last. */
  readonly next: string | undefined;
}

export interface Purge {
  /**
   * Destroys a page of keys after `after`, with all their history, in one statement; the change log says so of those
   * that were live. Fails with `unavailable` when the database does not answer; to repeat it does no harm.
   */
  purge(query: PurgeQuery, after: string, limit: number): Promise<PurgePage>;
}
