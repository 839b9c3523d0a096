import type { Context } from "hono";
import type { Entry } from "../domain/entry.ts";
import type { Bytes } from "../domain/stores.ts";
import type { Stores, Written } from "../domain/writes.ts";
import { answer, bodyOfBytes, identified } from "./answer.ts";
import { descriptionHeaders } from "./compat.ts";
import { etagHeader } from "./conditions.ts";
import { entryView, valueViewStart } from "./entry-view.ts";
import { flowingAnswer, type LengthKnown } from "./flowing-answer.ts";
import { lastModifiedOf } from "./last-modified.ts";

type ResponseBody = ConstructorParameters<typeof Response>[0];

const JSON_HEADERS = { "Content-Type": "application/json" };
const END = "}";

/** How an entry looks in an answer. */
interface Shown {
  readonly headers: Readonly<Record<string, string>>;
  /** All of a `ValueView` before its value. */
  readonly start: string;
  /** When `Last-Modified` will say something else. */
  readonly until: number;
}

/** An entry never changes, and the look-up gives the same one for the same revision: so its looks are made once, or twice. */
const shown = new WeakMap<Entry, Shown>();

function shownOf(entry: Entry, { objects }: Pick<Stores, "objects">): Shown {
  const known = shown.get(entry);
  const now = Date.now();
  if (known && now < known.until) return known;
  const made = {
    headers: { ...readHeadersOf(entry, now), ...JSON_HEADERS },
    start: known?.start ?? valueViewStart(entryView(entry, objects)),
    until: lastModifiedOf(entry, now).until,
  };
  shown.set(entry, made);
  return made;
}

/** By what a caller knows a revision again (RFC 9110, 8.8). */
const validatorsOf = (entry: Entry, now = Date.now()): Record<string, string> => ({
  ETag: etagHeader(entry.etag),
  "Last-Modified": lastModifiedOf(entry, now).text,
});

/** What an answer says of an entry besides the value. */
export const readHeadersOf = (entry: Entry, now = Date.now()): Record<string, string> => ({
  ...validatorsOf(entry, now),
  ...(entry.description && descriptionHeaders(entry.description)),
});

/** The entry with its value, whose bytes go out as they are; `more` are headers of this answer alone. */
export function valueAnswer(
  c: Context,
  entry: Entry,
  bytes: Bytes,
  stores: Stores,
  more: Readonly<Record<string, string>> | undefined,
): Response {
  const { headers: known, start } = shownOf(entry, stores);
  const headers = more ? { ...known, ...more } : known;
  if (bytes instanceof Uint8Array) return answer(c, around(start, bytes), { headers });
  const length = Buffer.byteLength(start) + entry.slice.length + END.length;
  return flowingAnswer(c, bytes, { headers: { ...headers, "Content-Length": `${length}` } }, { start, end: END });
}

/** The same of bytes in memory, for who has no context. */
export function keptAnswer(entry: Entry, bytes: Uint8Array, stores: Stores, requestId: string): Response {
  const { headers, start } = shownOf(entry, stores);
  return identified(around(start, bytes), { headers }, requestId);
}

function around(start: string, bytes: Uint8Array): ResponseBody {
  const value = bodyOfBytes(bytes);
  return typeof value === "string" ? start + value + END : Buffer.concat([Buffer.from(start), bytes, Buffer.from(END)]);
}

/** The value alone, or a part of it. */
export const rawAnswer = (c: Context, bytes: Bytes, status: number, headers: LengthKnown): Response =>
  bytes instanceof Uint8Array
    ? answer(c, bodyOfBytes(bytes), { status, headers })
    : flowingAnswer(c, bytes, { status, headers });

/** The entry that a write made. */
export const writtenAnswer = (c: Context, { entry }: Written, { objects }: Stores): Response =>
  answer(c, JSON.stringify(entryView(entry, objects)), { headers: writtenHeadersOf(entry) });

/** The same, for who has no context. */
export const plainWrittenAnswer = ({ entry }: Written, { objects }: Stores, requestId: string): Response =>
  identified(JSON.stringify(entryView(entry, objects)), { headers: writtenHeadersOf(entry) }, requestId);

const writtenHeadersOf = (entry: Entry) => ({ ...validatorsOf(entry), ...JSON_HEADERS });
