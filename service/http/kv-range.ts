import type { Entry, Slice } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import { etagHeader } from "./conditions.ts";
import type { LengthKnown } from "./flowing-answer.ts";

/** A part of a value's bytes: the first and the last byte of it, counted from 0, both included. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** One range: `0-99`, `100-` or `-100`. */
const RANGE = /^bytes=[ \t]*(?:(\d+)-(\d*)|-(\d+))[ \t]*$/i;

/**
 * The part that `Range` asks for, or undefined for the whole: several ranges, other units and what cannot be read are
 * ignored, as RFC 9110 (14.2) allows. Fails with `range_not_satisfiable` when no byte of the value is in it.
 */
export function byteRangeOf(header: string | undefined, size: number): ByteRange | undefined {
  const [, from, to, suffix] = RANGE.exec(header ?? "") ?? [];
  const [first, last] =
    suffix === undefined
      ? [Number(from), to ? Number(to) : Number.POSITIVE_INFINITY]
      : [Math.max(0, size - Number(suffix)), size - 1];
  if (Number.isNaN(first) || (suffix === undefined && last < first)) return undefined;
  if (first >= size) throw new Failure({ kind: "range_not_satisfiable", size });
  return { first, last: Math.min(last, size - 1) };
}

/** Whether `If-Range` still allows a part (RFC 9110, 13.1.5): our ETag does; a date, to the second, is too coarse to. */
export const allowsPart = (ifRange: string | undefined, { etag }: Entry): boolean =>
  ifRange === undefined || ifRange.trim() === etagHeader(etag);

export const partOf = ({ object, offset }: Slice, { first, last }: ByteRange): Slice => ({
  object,
  offset: offset + first,
  length: last - first + 1,
});

/** The headers of a part (RFC 9110, 14.4 and 15.3.7), or of the whole. */
export const rangeHeaders = (range: ByteRange | undefined, size: number): LengthKnown => ({
  "Accept-Ranges": "bytes",
  "Content-Length": `${range ? range.last - range.first + 1 : size}`,
  ...(range && { "Content-Range": `bytes ${range.first}-${range.last}/${size}` }),
});
