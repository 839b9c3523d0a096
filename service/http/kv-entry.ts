import type { Context, Hono } from "hono";
import type { Entry, Place, Slice } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import { findRevision, readRevision } from "../domain/history.ts";
import { findEntry, findInherited, readEntry, type ValueOf } from "../domain/reads.ts";
import type { Bytes } from "../domain/stores.ts";
import { refuseAbove } from "../domain/value-bound.ts";
import { patch, patchOnto, put, remove, retype, type Said, type Stores, type Written } from "../domain/writes.ts";
import { authorOf } from "./author.ts";
import { bodyBytes, bodySize, envelopeBytes } from "./body.ts";
import { descriptionHeader, descriptionHeaders } from "./compat.ts";
import { etagHeader, isKnown, preconditionOf } from "./conditions.ts";
import { entryView, valueViewStart } from "./entry-view.ts";
import type { Env } from "./env.ts";
import { ENVELOPE_MEDIA_TYPE, parseEnvelope } from "./envelope.ts";
import { parseDescription, parseLifetime, parseType } from "./fields.ts";
import { revisionNumber } from "./kv-history.ts";
import { allowsPart, byteRangeOf, partOf, rangeHeaders } from "./kv-range.ts";
import { placeInPath, placeInQuery } from "./place.ts";

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

/** What is read: the key as it is, or as it was at `?revision=`, or the nearest of its namespace's lineage. */
interface Reader {
  /** The entry may be another namespace's than the one that was asked. */
  readonly inherits: boolean;
  find(): Promise<Entry>;
  read(part?: (entry: Entry) => Slice): Promise<ValueOf>;
}

function readerOf(c: Context, at: Place, stores: Stores): Reader {
  const { signal } = c.req.raw;
  const asked = c.req.query("revision");
  const inherits = c.req.query("inherit") === "true";
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
      find: () => findRevision(stores, at, revision),
      read: (part) => readRevision(stores, at, revision, signal, part),
    };
  }
  const peek = c.req.query("peek") === "true";
  const find = inherits ? findInherited : findEntry;
  return {
    inherits,
    find: () => find(stores, at, peek),
    read: (part) => readEntry(stores, at, peek, signal, part, find),
  };
}

/** Answers HEAD as well: the router asks for a GET and drops the body, so the bytes are never fetched for it. */
async function getEntry(c: Context, reader: Reader, stores: Stores): Promise<Response> {
  const known = c.req.header("if-none-match");
  if (c.req.method === "HEAD" || known !== undefined) {
    const entry = await reader.find();
    const headers = readHeaders(entry, reader);
    if (isKnown(known, entry.etag)) return new Response(null, { status: 304, headers });
    if (c.req.method === "HEAD") return headOf(c, entry, headers);
  }
  if (c.req.query("raw") === "true") return getRaw(c, reader);
  const { entry, bytes } = await reader.read();
  const headers = { ...readHeaders(entry, reader), ...JSON_HEADERS };
  const start = Buffer.from(valueViewStart(entryView(entry, stores.objects)));
  return new Response(bodyOf(bytes instanceof Uint8Array ? Buffer.concat([start, bytes, END]) : framed(start, bytes)), {
    headers,
  });
}

const headOf = (c: Context, entry: Entry, headers: Record<string, string>): Response => {
  const raw = c.req.query("raw") === "true" ? rangeHeaders(undefined, entry.slice.length) : {};
  return new Response(null, { headers: { ...headers, ...JSON_HEADERS, ...raw } });
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
  const headers = { ...readHeaders(entry, reader), ...JSON_HEADERS, ...rangeHeaders(range, entry.slice.length) };
  return new Response(bodyOf(bytes), { status: range ? 206 : 200, headers });
}

async function putEntry(c: Context, at: Place, stores: Stores): Promise<Response> {
  const query = putQuery(c);
  const only = preconditionOf({ ...conditionHeaders(c), overwrite: query.overwrite });
  const author = authorOf(c);
  if (isEnvelope(c)) {
    const { value, type, said } = parseEnvelope(await envelopeBytes(c), true);
    if (!value)
      throw new Failure({ kind: "invalid", field: "value", reason: "A PUT needs a value; JSON's null is one." });
    const body = { bytes: value, size: value.length, reading: { type, unescapedQuotes: false } };
    return written(await put(stores, { at, only, said, author }, body, c.req.raw.signal), stores);
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
  return written(await put(stores, { at, only, said, author }, body, c.req.raw.signal), stores);
}

async function patchEntry(c: Context, at: Place, stores: Stores): Promise<Response> {
  const accepts = ["application/json", "application/merge-patch+json", ENVELOPE_MEDIA_TYPE];
  const sent = mediaType(c);
  if (sent !== undefined && !accepts.includes(sent)) throw new Failure({ kind: "unsupported_media_type", accepts });
  const only = preconditionOf({ ...conditionHeaders(c), overwrite: undefined });
  const { value, type, said } = parseEnvelope(await envelopeBytes(c), false);
  const request = { at, only, said, author: authorOf(c) };
  const signal = c.req.raw.signal;
  const bodyAs = (as: Entry["type"]) => ({
    bytes: value ?? new Uint8Array(),
    size: value?.length,
    reading: { type: as, unescapedQuotes: false },
  });
  if (!value)
    return written(
      await (type ? retype(stores, request, type, signal) : patch(stores, request, undefined, signal)),
      stores,
    );
  if (type) return written(await patch(stores, request, bodyAs(type), signal), stores);
  // A value without a type keeps the type that is there, and must fit it.
  return written(await patchOnto(stores, request, async (entry) => bodyAs(entry.type), signal), stores);
}

async function deleteEntry(c: Context, at: Place, stores: Stores): Promise<Response> {
  const only = preconditionOf({ ...conditionHeaders(c), overwrite: undefined });
  if (only.kind === "absent")
    throw new Failure({ kind: "malformed", field: "If-None-Match", reason: "A DELETE takes only If-Match." });
  return Response.json(await remove(stores, at, only, authorOf(c)));
}

function written({ entry }: Written, stores: Stores): Response {
  return Response.json(entryView(entry, stores.objects), { headers: headersOf(entry) });
}

type ResponseBody = ConstructorParameters<typeof Response>[0];

const END = Buffer.from("}");
const JSON_HEADERS = { "Content-Type": "application/json" };

const headersOf = (entry: Entry): Record<string, string> => ({
  ETag: etagHeader(entry.etag),
  "Last-Modified": new Date(entry.updatedAt).toUTCString(),
});

/** Says where an inherited key was found: an answer without the entry's JSON has no other place for it. */
const readHeaders = (entry: Entry, { inherits }: Reader): Record<string, string> => ({
  ...headersOf(entry),
  ...(entry.description && descriptionHeaders(entry.description)),
  ...(inherits && { "X-KV-Namespace": entry.namespace }),
});

const bodyOf = (bytes: Bytes): ResponseBody =>
  bytes instanceof Uint8Array ? (bytes as Uint8Array<ArrayBuffer>) : (ReadableStream.from(bytes) as ResponseBody);

async function* framed(start: Uint8Array, bytes: AsyncIterable<Uint8Array>) {
  yield start;
  yield* bytes;
  yield END;
}

const mediaType = (c: Context): string | undefined => c.req.header("content-type")?.split(";")[0]?.trim().toLowerCase();
const isEnvelope = (c: Context): boolean => mediaType(c) === ENVELOPE_MEDIA_TYPE;

const conditionHeaders = (c: Context) => ({
  ifMatch: c.req.header("if-match"),
  ifNoneMatch: c.req.header("if-none-match"),
});

const PUT_PARAMETERS = ["key", "type", "ttl", "expiresAt", "description", "overwrite"] as const;

/** A misspelt parameter would be a TTL that never comes; so every one must be known. */
function putQuery(c: Context): { readonly [Name in (typeof PUT_PARAMETERS)[number]]?: string | undefined } {
  const query = c.req.query();
  for (const name of Object.keys(query))
    if (!(PUT_PARAMETERS as readonly string[]).includes(name))
      throw new Failure({
        kind: "malformed",
        field: name,
        reason: `A PUT takes the parameters ${PUT_PARAMETERS.join(", ")}.`,
      });
  return query;
}
