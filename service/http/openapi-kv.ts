import { EntryBody, EntryView, ExpiredView, PatchBody, TypeName, ValueView } from "../../api/schema.ts";
import { ENVELOPE_MEDIA_TYPE } from "./envelope.ts";
import { ETAG_HEADER, flag, json, operation, problems, ref, ruled, text, withoutBodies } from "./openapi-parts.ts";

const WRITE_HEADERS = [
  text("If-Match", "header", "Only if the key has this ETag; `*`: only if it exists. A date instead of it is refused."),
  text("Idempotency-Key", "header", "A repeat of a write with the same key gets the first answer."),
  text("X-KV-Door", "header", "Which client this is, for the history: `terraform`, `cli`, `ui` or `flow`."),
];

/** `suffix` keeps the operation ids of the two spellings apart. */
export function entryOperations(suffix: string): object {
  const named = (id: string, ...rest: [summary: string, responses: object, rest: object]) =>
    operation(`${id}${suffix}`, ...rest);
  return {
    get: named("getKey", "Read a key", GETTING, { parameters: [RAW, RANGE, IF_RANGE, ...READ_PARAMETERS] }),
    head: named("headKey", "Look at a key", LOOKING, { parameters: [RAW, ...READ_PARAMETERS] }),
    put: named("putKey", "Write a key", PUTTING, { parameters: PUT_PARAMETERS, requestBody: PUT_BODY }),
    patch: named("patchKey", "Change some of a key's fields", PATCHING, {
      parameters: WRITE_HEADERS,
      requestBody: PATCH_BODY,
    }),
    delete: named("deleteKey", "Delete a key", DELETING, { parameters: WRITE_HEADERS }),
  };
}

const ENTRY = { ...json("The entry.", EntryView), headers: ETAG_HEADER };
const READ_HEADERS = {
  ...ETAG_HEADER,
  "Last-Modified": {
    description:
      "The end of the second of the change; before that is a minute past, its begin, for which no `If-Modified-Since` gets a 304.",
    schema: { type: "string" },
  },
  "X-KV-Namespace": { description: "With `inherit=true`: where the key was found.", schema: { type: "string" } },
  description: { description: "The description, where a header can carry it.", schema: { type: "string" } },
};
const VALUE = {
  description: "The value with its entry; with `raw=true` the value alone.",
  headers: READ_HEADERS,
  content: {
    "application/json": { schema: { anyOf: [ref(ValueView), { description: "With `raw=true`: any JSON document." }] } },
  },
};
const PART = {
  description: "With `raw=true` and a `Range`: that part of the value.",
  headers: { ...READ_HEADERS, "Content-Range": { description: "Which bytes.", schema: { type: "string" } } },
  content: { "application/json": { schema: { type: "string", format: "binary" } } },
};
const RAW = flag("raw", "The object's bytes as they are.");
const RANGE = text(
  "Range",
  "header",
  "With `raw=true`: one range of bytes, such as `bytes=0-99`, `bytes=100-` or `bytes=-100`.",
);
const IF_RANGE = text("If-Range", "header", "The ETag that the part must belong to; else the whole value comes.");
const READ_PARAMETERS = [
  text("If-Match", "header", "Only if what is read has this ETag, or one of a list."),
  text("If-None-Match", "header", "Answers 304 when the key still has this ETag."),
  text(
    "If-Modified-Since",
    "header",
    "Answers 304 when the key has not changed since; without effect beside `If-None-Match`, with `inherit=true` or in the future.",
  ),
  text(
    "If-Unmodified-Since",
    "header",
    "Only if what is read has not changed since; without effect beside `If-Match`, refused with `inherit=true`. A date that was told within a minute of the change answers 412.",
  ),
  { ...text("revision", "query", "The key as it was at this revision."), schema: { type: "integer", minimum: 1 } },
  flag("inherit", "Looks in the namespace's parents as well, the nearest first; what has expired counts as missing."),
  text("X-KV-Compat", "header", "`terraform`: an expired key answers 404 instead of 410."),
  ruled(text("consistency", "query", "`stale`: an answer from memory would do. As yet every answer is the latest."), {
    enum: ["stale"],
  }),
  flag("peek", "Leaves an expired key, and tells of it (410) as long as its history lasts."),
];

const ALWAYS = ["malformed-request", "invalid-field", "unavailable"] as const;
const READING = {
  304: { description: "The reader has this revision." },
  410: json("The key has expired.", ExpiredView),
  ...problems(...ALWAYS, "not-found", "stale", "other-revision"),
};
const GETTING = { 200: VALUE, 206: PART, ...READING, ...problems("range-not-satisfiable") };
const LOOKING = {
  200: { description: "It exists.", headers: READ_HEADERS },
  304: READING[304],
  404: { description: "It does not." },
  410: { description: "It has expired." },
  ...withoutBodies(problems(...ALWAYS, "stale", "other-revision")),
};
const WRITING = ["stale", "too-large", "value-too-large", "invalid-value", "idempotency-key-reused"] as const;
const PUTTING = {
  200: ENTRY,
  ...problems(...ALWAYS, ...WRITING, "upload-incomplete", "upload-too-slow", "already-exists"),
};
const PATCHING = { 200: ENTRY, ...problems(...ALWAYS, ...WRITING, "not-found", "unsupported-media-type") };
const DELETING = {
  200: { description: "Whether there was one.", content: { "application/json": { schema: { type: "boolean" } } } },
  ...problems(...ALWAYS, "stale"),
};

const PUT_PARAMETERS = [
  { ...text("type", "query", "The value must fit it; without it the body says its type."), schema: ref(TypeName) },
  text("ttl", "query", "ISO-8601 duration, also as the header `ttl`."),
  ruled(text("expiresAt", "query", "An instant, instead of a TTL."), { format: "date-time" }),
  text("description", "query", "What is left out is kept. Also as the header `description`, in UTF-8."),
  flag("overwrite", "`false`: only if the key does not exist."),
  text("If-None-Match", "header", "`*`: only if the key does not exist."),
  ...WRITE_HEADERS,
];

const PUT_BODY = {
  required: true,
  description:
    "The value: JSON, a bare date or duration, or any other text. An envelope above 16 MiB has its value as the last member, and its type before it; so has the body of a PATCH.",
  content: { "*/*": { schema: {} }, [ENVELOPE_MEDIA_TYPE]: { schema: ref(EntryBody) } },
};

const PATCH_BODY = {
  required: true,
  content: {
    "application/merge-patch+json": { schema: ref(PatchBody) },
    "application/json": { schema: ref(PatchBody) },
  },
};
