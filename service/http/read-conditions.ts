import type { Context } from "hono";
import type { Entry } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import { isKnown, isWantedBy } from "./conditions.ts";
import { dateOf, isModifiedSince } from "./last-modified.ts";

/** What of a key is read. */
export interface Asked {
  /** The entry may be another namespace's, and of an earlier date next time: of those, dates say nothing. */
  readonly inherits: boolean;
  /** Of an old entry, the revision by which it was asked for. */
  readonly revision: number | undefined;
}

/**
 * Fails where an entry is not the one that the reader wants: by `If-Match`, or without that by `If-Unmodified-Since` (RFC 9110,
 * 13.2.2). Undefined when any would do. Fails with `malformed` when that cannot be told.
 */
export function demandOf(c: Context, { inherits, revision }: Asked): ((entry: Entry) => void) | undefined {
  const isWanted = isWantedBy(c.req.header("if-match"));
  if (isWanted)
    return (entry) => {
      if (!isWanted(entry.etag)) throw unwanted(entry, revision, false);
    };
  const date = dateOf(c.req.header("if-unmodified-since"));
  if (date === undefined) return undefined;
  if (inherits)
    throw new Failure({
      kind: "malformed",
      field: "If-Unmodified-Since",
      reason: "Another namespace may have the nearest key by now, with an earlier date: send If-Match with the ETag.",
    });
  return (entry) => {
    if (isModifiedSince(entry, date)) throw unwanted(entry, revision, true);
  };
}

/** Whether the reader has an entry already, by `If-None-Match`, or without that by `If-Modified-Since`; undefined when it says neither. */
export function holdingOf(c: Context, { inherits }: Asked): ((entry: Entry) => boolean) | undefined {
  const known = c.req.header("if-none-match");
  if (known !== undefined) return ({ etag }) => isKnown(known, etag);
  const date = inherits ? undefined : dateOf(c.req.header("if-modified-since"));
  // A date that lies ahead is of a clock that runs ahead, and nobody knows for how long it did.
  return date === undefined || date > Date.now() ? undefined : (entry) => !isModifiedSince(entry, date);
}

function unwanted(entry: Entry, revision: number | undefined, byDate: boolean): Failure {
  if (revision === undefined) return new Failure({ kind: "stale", at: entry, current: entry, byDate });
  const which = `Revision ${revision} of key '${entry.key}' in namespace '${entry.namespace}'`;
  const reason = byDate
    ? `${which} was made at ${entry.updatedAt}, which is not before the date of If-Unmodified-Since.`
    : `${which} has another ETag than the request names.`;
  return new Failure({ kind: "other_revision", reason });
}
