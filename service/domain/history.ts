import type { Entry, Place, Slice } from "./entry.ts";
import { Failure } from "./fault.ts";
import type { Revision } from "./history-store.ts";
import { bytesOf, type Signal, type ValueOf, whole } from "./reads.ts";
import type { Lifetime, Precondition } from "./stores.ts";
import { newUuid } from "./uuid.ts";
import { type Author, commitStored, missing, objectMissing, type Stores, type Written } from "./writes.ts";

/** A page of a key's history, the newest first. Fails with `not_found` when nothing at all is known of the key. */
export async function listRevisions(
  { metadata }: Stores,
  at: Place,
  before: number | undefined,
  limit: number,
): Promise<{ readonly revisions: readonly Revision[]; readonly next: number | undefined }> {
  // One more than asked tells whether there is another page.
  const found = await metadata.history.revisions({ at, before, limit: limit + 1 });
  if (found.length === 0 && before === undefined) throw missing(at);
  const revisions = found.slice(0, limit);
  return { revisions, next: found.length > limit ? revisions.at(-1)?.revision : undefined };
}

/** The entry as of a revision, though the key may be deleted now. Fails with `not_found` where it has no value. */
export async function findRevision({ metadata }: Stores, at: Place, revision: number): Promise<Entry> {
  return entryAsOf(at, revision, await metadata.history.revision(at, revision));
}

/** Entry and bytes as of a revision. Fails as `findRevision` does. */
export async function readRevision(
  stores: Stores,
  at: Place,
  revision: number,
  signal: Signal,
  open: typeof bytesOf = bytesOf,
  part: (entry: Entry) => Slice = whole,
): Promise<ValueOf> {
  const entry = await findRevision(stores, at, revision);
  const bytes = await open(stores, part(entry), signal);
  if (bytes) return { entry, bytes };
  // Removed after the look-up, with the revision that named it: then this fails with `not_found`.
  throw objectMissing(await findRevision(stores, at, revision));
}

/**
 * Makes a revision current again, as a new one that names the same bytes: nothing is copied. A TTL starts anew; an end
 * that has passed is not restored, since the key would be gone at once. Works on deleted and expired keys as well.
 * Fails with `not_found` where the revision is not kept or has no value, and with `stale` as every write does.
 */
export async function restore(
  stores: Stores,
  { at, only, author }: { readonly at: Place; readonly only: Precondition; readonly author: Author },
  revision: number,
): Promise<Written> {
  const { history } = stores.metadata;
  const kept = await history.revision(at, revision);
  const earlier = kept ? undefined : await answerTo(stores, at, author);
  if (earlier) return earlier;
  const entry = entryAsOf(at, revision, kept);
  const { type, slice, size, digest, description, labels, secret } = entry;
  const commit = (lifetime: Lifetime) =>
    commitStored(stores, {
      at,
      action: "put",
      only,
      etag: newUuid(),
      value: { type, slice, size, digest },
      lifetime,
      description: description ?? null,
      labels,
      secret,
      ...author,
      restores: { revision, etag: entry.etag },
    });
  try {
    return await commit(lifetimeAsOf(entry));
  } catch (error) {
    // Only the database's clock knows that the end has passed.
    const past = error instanceof Failure && error.fault.kind === "invalid" && error.fault.field === "expiresAt";
    if (!past) throw error;
    return commit({ kind: "default" });
  }
}

function lifetimeAsOf({ ttl, defaultTtl, expiresAt }: Entry): Lifetime {
  if (ttl !== undefined) return { kind: "for", ttl };
  if (defaultTtl !== undefined) return { kind: "default" };
  return expiresAt === undefined ? { kind: "none" } : { kind: "until", at: expiresAt };
}

/** The restore itself may have pushed its revision out of history: then a repeat of it finds only its own work. */
async function answerTo({ metadata }: Stores, at: Place, author: Author): Promise<Written | undefined> {
  if (author.idempotencyKey === undefined) return undefined;
  const made = await metadata.history.answerTo(at, author.idempotencyKey);
  return made?.slice && made.action === "put" ? { entry: { ...made, slice: made.slice }, created: false } : undefined;
}

function entryAsOf(at: Place, revision: number, found: Revision | undefined): Entry {
  const key = `key '${at.key}' in namespace '${at.namespace}'`;
  if (!found) throw new Failure({ kind: "not_found", reason: `Revision ${revision} of ${key} is not kept.` });
  const { action, slice, ...rest } = found;
  if (!slice)
    throw new Failure({
      kind: "not_found",
      reason: `Revision ${revision} of ${key} is its ${action === "expire" ? "expiry" : "deletion"}: it has no value.`,
    });
  return { ...rest, slice };
}
