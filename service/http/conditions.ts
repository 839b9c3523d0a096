import type { Context } from "hono";
import type { Etag } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import type { Precondition } from "../domain/stores.ts";

/** An entity tag (RFC 9110, 8.8.3), strong or weak. */
const ENTITY_TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;

/** The headers that make a request conditional, but for `If-Range`, which does so for a part alone. */
export const CONDITIONS = ["if-match", "if-none-match", "if-modified-since", "if-unmodified-since"] as const;

export interface ConditionHeaders {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  /** `overwrite=false` says the same as `If-None-Match: *`. */
  readonly overwrite: string | undefined;
}

/** The precondition of a write (RFC 9110, 13.1). Fails with `malformed`, naming the header. */
export function preconditionOf({ ifMatch, ifNoneMatch, overwrite }: ConditionHeaders): Precondition {
  if (overwrite !== undefined && overwrite !== "true" && overwrite !== "false")
    throw new Failure({ kind: "malformed", field: "overwrite", reason: "It is true or false." });
  if (ifNoneMatch !== undefined && ifNoneMatch.trim() !== "*")
    throw new Failure({
      kind: "malformed",
      field: "If-None-Match",
      reason: "For a write it is '*': only if the key does not exist.",
    });
  const create = ifNoneMatch !== undefined || overwrite === "false";
  if (ifMatch === undefined) return { kind: create ? "absent" : "always" };
  if (create)
    throw new Failure({
      kind: "malformed",
      field: "If-Match",
      reason: "It cannot be met together with a condition that the key does not exist.",
    });
  if (ifMatch.trim() === "*") return { kind: "present" };
  const tag = ENTITY_TAG.exec(ifMatch.trim());
  if (!tag)
    throw new Failure({
      kind: "malformed",
      field: "If-Match",
      reason: `It is '*' or one ETag in its quotes, such as "0190…".`,
    });
  // A weak tag never matches in a strong comparison; neither does the text that stands for it here.
  return { kind: "etag", etag: tag[1] ? `W/${tag[2]}` : `${tag[2]}` };
}

/**
 * A request that writes many keys has no ETag to compare with: passed over, the condition would be one that its sender
 * relies on. Fails with `malformed`, naming the header.
 */
export function refuseConditions(c: Context, instead: string): void {
  for (const field of ["If-Match", "If-None-Match"])
    if (c.req.header(field) !== undefined)
      throw new Failure({ kind: "malformed", field, reason: `This writes many keys, so it names none. ${instead}` });
}

/** Whether a reader would have what has this ETag, or none. */
export type IsWanted = (etag: Etag | undefined) => boolean;

/**
 * What a read's `If-Match` asks for (RFC 9110, 13.1.1: strong comparison, any of a list); undefined when there is none.
 * `*` wants what has an ETag at all: what has none cannot be changed under a condition either. Fails with `malformed`.
 */
export function isWantedBy(ifMatch: string | undefined): IsWanted | undefined {
  if (ifMatch === undefined) return undefined;
  if (ifMatch.trim() === "*") return (etag) => etag !== undefined;
  const tags = ifMatch.split(",").map((tag) => ENTITY_TAG.exec(tag.trim()));
  if (tags.includes(null))
    throw new Failure({
      kind: "malformed",
      field: "If-Match",
      reason: `It is '*' or ETags in their quotes, such as "0190…".`,
    });
  return (etag) => tags.some((tag) => tag?.[1] === undefined && tag?.[2] === etag);
}

/** Whether a reader has this revision already (RFC 9110, 13.1.2: weak comparison, any of a list). */
export function isKnown(ifNoneMatch: string | undefined, etag: Etag): boolean {
  if (ifNoneMatch === undefined) return false;
  return ifNoneMatch.trim() === "*" || ifNoneMatch.split(",").some((tag) => ENTITY_TAG.exec(tag.trim())?.[2] === etag);
}

export const etagHeader = (etag: Etag): string => `"${etag}"`;
