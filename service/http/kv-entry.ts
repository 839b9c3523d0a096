import type { Context, Hono } from "hono";
import type { Entry, Place, Slice } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import { findRevision, readRevision } from "../domain/history.ts";
import { findEntry, findInherited, lentBytesOf, readEntry, type ValueOf, whole } from "../domain/reads.ts";
import type { Bytes } from "../domain/stores.ts";
import { refuseAbove } from "../domain/value-bound.ts";
import { patch, patchOnto, put, remove, retype, type Said, type Stores } from "../domain/writes.ts";
import { authorOf } from "./author.ts";
import { begun } from "./begun.ts";
import { bodyBytes, bodySize } from "./body.ts";
import { descriptionHeader } from "./compat.ts";
import { preconditionOf } from "./conditions.ts";
import { rawAnswer, readHeadersOf, valueAnswer, writtenAnswer } from "./entry-answer.ts";
import type { Env } from "./env.ts";
import { ENVELOPE_MEDIA_TYPE, isEnvelope, mediaType } from "./envelope.ts";
import { parseDescription, parseLifetime, parseType } from "./fields.ts";
import { revisionNumber } from "./kv-history.ts";
import { allowsPart, byteRangeOf, partOf, rangeHeaders } from "./kv-range.ts";
import { readEnvelope } from "./long-envelope.ts";
import { placeInPath, placeInQuery } from "./place.ts";
import { flagOf, refuseUnknown } from "./query.ts";
import { type Asked, demandOf, holdingOf } from "./read-conditions.ts";

/** The routes of one key: its own path, and `kv:entry?key=` for keys that a path cannot carry everywhere. */
export function entryRoutes(app: Hono<Env>, stores: Stores): void {
  const spellings = [
    { path: "/namespaces/:namespace/kv/:key", placeOf: placeInPath },
    { path: "/namespaces/:namespace/kv:entry", placeOf: placeInQuery },
  ];
  for (const { path, placeOf } of spellings) {
    app.get(path, (c) => getEntry(c, readerOf(c, placeOf(c), stores), stores));
    app.put(path, (c) => putEntry(c, placeOf(c), stores));
    app.patch(path, (c) => patchEntry(c, placeOf(c), stores));
    app.delete(path, (c) => deleteEntry(c, placeOf(c), stores));
  }
}

const GET_PARAMETERS = ["key", "raw", "revision", "inherit", "peek", "consistency"] as const;

/** What is read: the key as it is, or as it was at `?revision=`, or the nearest of its namespace's lineage. */
interface Reader extends Asked {
  find(): Promise<Entry>;
  read(part?: (entry: Entry) => Slice): Promise<ValueOf>;
}

function readerOf(c: Context, at: Place, stores: Stores): Reader {
  refuseUnknown(c, "A GET", GET_PARAMETERS);
  const consistency = c.req.query("consistency");
  // What allows an answer from memory does not ask for one: every read is fresh.
  if (consistency !== undefined && consistency !== "stale")
    throw new Failure({ kind: "malformed", field: "consistency", reason: "It is 'stale', or left out." });
  const signal = () => c.req.raw.signal;
  const asked = c.req.query("revision");
  const inherits = flagOf(c, "inherit");
  if (asked !== undefined) {
    const revision = revisionNumber(asked);
    if (inherits)
      throw new Failure({
        kind: "malformed",
        field: "inherit",
        reason: "Each namespace counts the revisions of its own keys: ask the one that has the key, without inherit.",
      });
    return {
      inherits,
      revision,
      find: () => findRevision(stores, at, revision),
      read: (part) => readRevision(stores, at, revision, signal, lentBytesOf, part),
    };
  }
  const peek = flagOf(c, "peek");
  const find = inherits ? findInherited : findEntry;
  return {
    inherits,
    revision: undefined,
    find: () => find(stores, at, peek),
    read: (part) => readEntry(stores, at, peek, signal, lentBytesOf, part, find),
  };
}

/** Answers HEAD as well: the router asks for a GET and drops the body, so the bytes are never fetched for it. */
async function getEntry(c: Context, asked: Reader, stores: Stores): Promise<Response> {
  const raw = flagOf(c, "raw");
  const reader = matching(asked, demandOf(c, asked));
  const isHeld = holdingOf(c, asked);
  if (c.req.method === "HEAD" || isHeld) {
    const entry = await reader.find();
    const headers = { ...readHeadersOf(entry), ...foundIn(entry, reader) };
    if (isHeld?.(entry)) return new Response(null, { status: 304, headers });
    if (c.req.method === "HEAD") return headOf(entry, headers, raw);
  }
  if (raw) return getRaw(c, reader);
  const { entry, bytes } = await reader.read();
  const ready = bytes instanceof Uint8Array ? bytes : await begun(bytes);
  return valueAnswer(c, entry, ready, stores, foundIn(entry, reader));
}

/** The same, but that it fails where the entry is not the wanted one, before any byte is fetched. */
function matching(reader: Reader, demand: ((entry: Entry) => void) | undefined): Reader {
  if (!demand) return reader;
  const checked = (entry: Entry) => {
    demand(entry);
    return entry;
  };
  return {
    ...reader,
    find: async () => checked(await reader.find()),
    read: (part = whole) => reader.read((entry) => part(checked(entry))),
  };
}

const headOf = (entry: Entry, headers: Record<string, string>, raw: boolean): Response => {
  const size = raw ? rangeHeaders(undefined, entry.slice.length) : {};
  return new Response(null, { headers: { ...headers, "Content-Type": "application/json", ...size } });
};

/** The value's bytes as they are, or the part of them that `Range` asks for. */
async function getRaw(c: Context, reader: Reader): Promise<Response> {
  const rangeIn = (entry: Entry) =>
    allowsPart(c.req.header("if-range"), entry) ? byteRangeOf(c.req.header("range"), entry.slice.length) : undefined;
  const { entry, bytes } = await reader.read((found) => {
    const range = rangeIn(found);
    return range ? partOf(found.slice, range) : found.slice;
  });
  const range = rangeIn(entry);
  const headers = {
    ...readHeadersOf(entry),
    ...foundIn(entry, reader),
    "Content-Type": "application/json",
    ...rangeHeaders(range, entry.slice.length),
  };
  return rawAnswer(c, bytes instanceof Uint8Array ? bytes : await begun(bytes), range ? 206 : 200, headers);
}

async function putEntry(c: Context, at: Place, stores: Stores): Promise<Response> {
  const query = putQuery(c);
  const only = preconditionOf({ ...conditionHeaders(c), overwrite: query.overwrite });
  const author = authorOf(c);
  if (isEnvelope(c.req.header("content-type"))) {
    const { value, type, said } = await readEnvelope(c, true);
    if (!value)
      throw new Failure({ kind: "invalid", field: "value", reason: "A PUT needs a value; JSON's null is one." });
    const body = { bytes: value, size: sizeOf(value), reading: { type, unescapedQuotes: false } };
    return writtenAnswer(c, await put(stores, { at, only, said, author }, body, c.req.raw.signal), stores);
  }
  const description = query.description ?? descriptionHeader(c);
  const said: Said = {
    lifetime: parseLifetime(query.ttl ?? (c.req.header("ttl") || undefined), query.expiresAt, { kind: "default" }),
    description: description === undefined ? undefined : parseDescription(description),
    labels: undefined,
    secret: undefined,
  };
  const reading = {
    type: query.type === undefined ? undefined : parseType(query.type),
    unescapedQuotes: c.req.header("content-type") === undefined,
  };
  refuseAbove(stores.valueBytesMax, bodySize(c)); // before it is read
  const body = { bytes: await bodyBytes(c), size: bodySize(c), reading };
  return writtenAnswer(c, await put(stores, { at, only, said, author }, body, c.req.raw.signal), stores);
}

async function patchEntry(c: Context, at: Place, stores: Stores): Promise<Response> {
  refuseUnknown(c, "A PATCH, whose changes are members of its body,", KEY_ALONE);
  const accepts = ["application/json", "application/merge-patch+json", ENVELOPE_MEDIA_TYPE];
  const sent = mediaType(c.req.header("content-type"));
  if (sent !== undefined && !accepts.includes(sent)) throw new Failure({ kind: "unsupported_media_type", accepts });
  const only = preconditionOf({ ...conditionHeaders(c), overwrite: undefined });
  const { value, type, said } = await readEnvelope(c, false);
  const request = { at, only, said, author: authorOf(c) };
  const signal = c.req.raw.signal;
  const bodyAs = (as: Entry["type"]) => ({
    bytes: value ?? new Uint8Array(),
    size: value && sizeOf(value),
    reading: { type: as, unescapedQuotes: false },
  });
  if (!value)
    return writtenAnswer(
      c,
      await (type ? retype(stores, request, type, signal) : patch(stores, request, undefined, signal)),
      stores,
    );
  // The entry that is there has the type of a value that names none, and tells whether a short value may share its object.
  const needsEntry = type === undefined || (said.secret === undefined && value instanceof Uint8Array);
  const written = needsEntry
    ? patchOnto(stores, request, async (entry) => bodyAs(type ?? entry.type), signal)
    : patch(stores, request, bodyAs(type), signal);
  return writtenAnswer(c, await written, stores);
}

async function deleteEntry(c: Context, at: Place, stores: Stores): Promise<Response> {
  refuseUnknown(c, "A DELETE", KEY_ALONE);
  const only = preconditionOf({ ...conditionHeaders(c), overwrite: undefined });
  if (only.kind === "absent")
    throw new Failure({ kind: "malformed", field: "If-None-Match", reason: "A DELETE takes only If-Match." });
  return Response.json(await remove(stores, at, only, authorOf(c)));
}

/** Says where an inherited key was found: an answer without the entry's JSON has no other place for it. */
const foundIn = (entry: Entry, { inherits }: Reader): Readonly<Record<string, string>> | undefined =>
  inherits ? { "X-KV-Namespace": entry.namespace } : undefined;

const sizeOf = (value: Bytes): number | undefined => (value instanceof Uint8Array ? value.length : undefined);

const conditionHeaders = (c: Context) => ({
  ifMatch: c.req.header("if-match"),
  ifNoneMatch: c.req.header("if-none-match"),
});

/** Of `kv:entry`; a path names its key itself. */
const KEY_ALONE = ["key"] as const;
const PUT_PARAMETERS = ["key", "type", "ttl", "expiresAt", "description", "overwrite"] as const;

function putQuery(c: Context): { readonly [Name in (typeof PUT_PARAMETERS)[number]]?: string | undefined } {
  refuseUnknown(c, "A PUT", PUT_PARAMETERS);
  return c.req.query();
}
