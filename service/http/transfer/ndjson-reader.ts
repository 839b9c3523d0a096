import { IMPORT_LINE_BYTES_MAX } from "../../../api/limits.ts";
import { Failure } from "../../domain/fault.ts";
import type { ImportItem } from "../../domain/import-item.ts";
import type { Bytes } from "../../domain/stores.ts";
import { parseDescription, parseLabels, parseType } from "../fields.ts";
import { objectMembers } from "../json-object.ts";
import { ByteSource } from "./byte-source.ts";
import { incoming, invalid, itemOf, lifetimeOf, refused } from "./incoming.ts";
import { longLine } from "./ndjson-long-line.ts";

export type Members = ReadonlyMap<string, Uint8Array>;

/** What an entry may say; all else that an export says is for people and other programs. */
const FIELDS = ["key", "value", "text", "type", "ttl", "expiresAt", "description", "labels", "secret", "ifMatch"];
const READ_ONLY = new Set(
  "namespace revision etag size digest uri creationDate updateDate updated expirationDate createdBy updatedBy door past".split(
    " ",
  ),
);

/**
 * One entry a line, as an export writes them; spaces around and empty lines do no harm. A line that cannot be read is an
 * item of its own. `byEtag`: the ETag of each line is the revision that must be the current one.
 */
export async function* readNdjson(bytes: AsyncIterable<Uint8Array>, byEtag: boolean): AsyncGenerator<ImportItem> {
  const source = new ByteSource(bytes);
  let entries = 0;
  try {
    for (;;) {
      const { line } = source;
      const next = await source.takeLine(IMPORT_LINE_BYTES_MAX);
      if (!next) return;
      if (next === "long") {
        yield* longLine(source, (members, value, first) => itemFrom(members, value, line, byEtag, first));
        entries++;
        continue;
      }
      const item = isEmpty(next) ? undefined : wholeLine(next, line, byEtag, entries);
      if (item === "end") entries = 0;
      else if (item) {
        entries++;
        yield item;
      }
    }
  } finally {
    await source.close();
  }
}

const isEmpty = (line: Uint8Array): boolean => line.every((byte) => byte === 0x20 || byte === 0x0a || byte === 0x0d);

function wholeLine(bytes: Uint8Array, line: number, byEtag: boolean, entries: number): ImportItem | "end" {
  try {
    const members = objectMembers(bytes, ["key", "value"]);
    if (members.has("complete")) return closing(members, line, entries);
    const text = members.get("text");
    const value = text === undefined ? members.get("value") : Buffer.from(textIn(text));
    return itemFrom(members, value, line, byEtag);
  } catch (error) {
    return refused(line, undefined, error);
  }
}

/** The last line of an export counts those before it: a file that has lost some says so. */
function closing(members: Members, line: number, entries: number): ImportItem | "end" {
  const said = parsed(members, "lines");
  if (said === entries) return "end";
  return refused(
    line,
    undefined,
    invalid("lines", `The export had ${Number(said)} lines before this one, the upload has ${entries}.`),
  );
}

function itemFrom(
  members: Members,
  value: Bytes | undefined,
  line: number,
  byEtag: boolean,
  first?: number,
): ImportItem {
  if (members.has("past")) return { kind: "history", line };
  const name = parsed(members, "key");
  return itemOf(line, typeof name === "string" ? name : undefined, (key) => {
    if (typeof name !== "string") throw invalid("key", "A line names its key as a text.");
    for (const member of members.keys())
      if (!FIELDS.includes(member) && !READ_ONLY.has(member))
        throw invalid(member.slice(0, 100), `There is no such field; there are ${FIELDS.join(", ")}.`);
    if (value === undefined) throw invalid("value", "A line needs a value, or its JSON text as `text`.");
    const type = textField(members, "type");
    return incoming({
      line,
      key,
      value,
      first,
      form: typeof type === "string" ? "exact" : "json",
      type: typeof type === "string" ? parseType(type) : undefined,
      said: saidIn(members),
      ifMatch: textField(members, "ifMatch")?.replace(/^"(.*)"$/s, "$1") ?? (byEtag ? etagIn(members) : undefined),
    });
  });
}

function etagIn(members: Members): string {
  const etag = textField(members, "etag");
  if (typeof etag !== "string") throw invalid("etag", "With match=etag every line needs the ETag that it had.");
  return etag;
}

function saidIn(members: Members) {
  const [description, labels, secret] = [
    textField(members, "description"),
    parsed(members, "labels"),
    parsed(members, "secret"),
  ];
  if (secret !== undefined && typeof secret !== "boolean") throw invalid("secret", "It must be true or false.");
  return {
    lifetime: lifetimeOf(textField(members, "ttl"), textField(members, "expiresAt")),
    description: typeof description === "string" ? parseDescription(description) : description,
    labels: labels === undefined ? undefined : parseLabels(labels ?? {}),
    secret,
  };
}

function textField(members: Members, name: string): string | null | undefined {
  const value = parsed(members, name);
  if (value !== undefined && value !== null && typeof value !== "string")
    throw invalid(name, "It must be a text or null.");
  return value;
}

function parsed(members: Members, name: string): unknown {
  const bytes = members.get(name);
  return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString());
}

function textIn(bytes: Uint8Array): string {
  const text: unknown = JSON.parse(Buffer.from(bytes).toString());
  if (typeof text !== "string" || !text.isWellFormed())
    throw new Failure({
      kind: "invalid_value",
      reason: "`text` must be one JSON string: the value's JSON text, in quotes.",
    });
  return text;
}
