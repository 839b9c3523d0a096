import { Failure } from "../domain/fault.ts";
import type { Bytes } from "../domain/stores.ts";
import type { Type } from "../domain/type.ts";
import type { Said } from "../domain/writes.ts";
import { parseDescription, parseLabels, parseLifetime, parseType } from "./fields.ts";
import { objectMembers } from "./json-object.ts";

/** The media type of a body that carries an entry's fields and not only its value. */
export const ENVELOPE_MEDIA_TYPE = "application/vnd.namespace-kv.entry+json";

/** What a Content-Type names, without its parameters. */
export const mediaType = (contentType: string | undefined): string | undefined =>
  contentType?.split(";")[0]?.trim().toLowerCase();

export const isEnvelope = (contentType: string | undefined): boolean => mediaType(contentType) === ENVELOPE_MEDIA_TYPE;

/** A document of an entry's fields. `value` is the bytes that were sent, undefined when it was left out. */
export interface Envelope {
  readonly value: Bytes | undefined;
  readonly type: Type | undefined;
  readonly said: Said;
}

/** What an answer says and a request need not: an entry that was read can be sent back as it is. */
const READ_ONLY = new Set(
  "namespace key revision etag size digest uri creationDate updateDate updated expirationDate createdBy updatedBy door".split(
    " ",
  ),
);
const FIELDS = ["value", "type", "description", "labels", "secret", "ttl", "expiresAt"];

/**
 * Reads an envelope. In a whole one (PUT) a field that is left out is cleared, in a partial one (PATCH) it is kept.
 * Fails with `malformed` when the body is no JSON object, and with `invalid`, naming the field.
 */
export function parseEnvelope(body: Uint8Array, whole: boolean): Envelope {
  const members = objectMembers(body, FIELDS);
  checkMembers(members);
  return envelopeOf(members, whole);
}

/** Fails with `invalid` for a member that an envelope has not. */
export function checkMembers(members: ReadonlyMap<string, Uint8Array>): void {
  for (const name of members.keys())
    if (!FIELDS.includes(name) && !READ_ONLY.has(name))
      throw new Failure({
        kind: "invalid",
        field: name,
        reason: `There is no such field; there are ${FIELDS.join(", ")}.`,
      });
}

/** The same from members that were found already. */
export function envelopeOf(
  members: ReadonlyMap<string, Uint8Array>,
  whole: boolean,
): Envelope & { readonly value: Uint8Array | undefined } {
  const read = (name: string): unknown => {
    const bytes = members.get(name);
    return bytes === undefined ? undefined : JSON.parse(Buffer.from(bytes).toString());
  };
  const text = (name: string): string | null | undefined => {
    const value = read(name);
    if (value !== undefined && value !== null && typeof value !== "string")
      throw new Failure({ kind: "invalid", field: name, reason: "It must be a text or null." });
    return value;
  };
  const secret = read("secret");
  if (secret !== undefined && typeof secret !== "boolean")
    throw new Failure({ kind: "invalid", field: "secret", reason: "It must be true or false." });
  const [type, description, labels] = [text("type"), text("description"), read("labels")];
  return {
    value: members.get("value"),
    type: typeof type === "string" ? parseType(type) : undefined,
    said: {
      lifetime: parseLifetime(text("ttl"), text("expiresAt"), { kind: whole ? "default" : "keep" }),
      description: typeof description === "string" ? parseDescription(description) : whole ? null : description,
      labels: labels === undefined && !whole ? undefined : parseLabels(labels ?? {}),
      secret: secret ?? (whole ? false : undefined),
    },
  };
}
