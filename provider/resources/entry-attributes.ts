import type { ReadKey } from "../../api/client.ts";
import { nullOf, num, str } from "../cty/make.ts";
import { NUMBER, STRING } from "../cty/type.ts";
import { attribute, isNull, type ObjectValue, type Value } from "../cty/value.ts";
import type { Attribute } from "../schema/schema.ts";

/** What the service knows of a key besides its value. */
export type Entry = Extract<ReadKey, { readonly state: "live" }>["entry"];

/** The attributes of the resource that decide which value the service holds. */
export const VALUE_ATTRIBUTES = ["value", "value_json", "value_wo_version", "type"] as const;
/** Those that are Terraform's own business: to change them writes nothing. */
const LOCAL_ATTRIBUTES = ["renew_before", "on_expire", "adopt_existing", "deletion_policy"];

/** The attributes that only the service gives, of the resource and of the data source. */
export const ENTRY_ATTRIBUTES = {
  id: {
    type: STRING,
    from: "computed",
    description: "`namespace/key`, the ID for `terraform import`.",
    derive: idOf,
  },
  revision: {
    type: NUMBER,
    from: "computed",
    description: "1, 2, 3 … with every change of the key.",
    changesWith: isWritten,
  },
  etag: {
    type: STRING,
    from: "computed",
    description:
      "The revision's own name, unique for ever. An update or delete goes through only while it is the current one.",
    changesWith: isWritten,
  },
  digest: {
    type: STRING,
    from: "computed",
    description:
      "HMAC-SHA-256 of the value, `hmac-sha256:{key id}:{hex}`. Digests with different key ids cannot be compared.",
    changesWith: VALUE_ATTRIBUTES,
  },
  size: {
    type: NUMBER,
    from: "computed",
    description: "Bytes of the value's JSON text.",
    changesWith: VALUE_ATTRIBUTES,
  },
  uri: {
    type: STRING,
    from: "computed",
    description: "Where the value's object lies, such as `s3://bucket/main/company.team/_kv/…`.",
    changesWith: VALUE_ATTRIBUTES,
  },
  expires_at: {
    type: STRING,
    from: "computed",
    description: "When the key expires, in UTC; null when it never does.",
    changesWith: startsAgain,
  },
  created_at: { type: STRING, from: "computed", description: "When the key was created, in UTC." },
  updated_at: {
    type: STRING,
    from: "computed",
    description: "When the key was changed last, in UTC.",
    changesWith: isWritten,
  },
  updated_by: {
    type: STRING,
    from: "computed",
    description: "Who changed the key last.",
    changesWith: isWritten,
  },
} as const satisfies Readonly<Record<string, Attribute>>;

/** What an answer of the service makes of them. */
export const entryValues = (entry: Entry): Record<keyof typeof ENTRY_ATTRIBUTES, Value> => ({
  id: str(`${entry.namespace}/${entry.key}`),
  revision: num(entry.revision),
  etag: str(entry.etag),
  digest: str(entry.digest),
  size: num(entry.size),
  uri: str(entry.uri),
  expires_at: textOrNull(entry.expirationDate),
  created_at: str(entry.creationDate),
  updated_at: str(entry.updateDate),
  updated_by: str(entry.updatedBy),
});

export const isTrue = (value: Value): boolean => value.kind === "bool" && value.value;
export const textOrNull = (text: string | null): Value => (text === null ? nullOf(STRING) : str(text));

/** Whether a change goes to the service. */
export function isWritten(changed: readonly string[]): boolean {
  return changed.some((name) => !LOCAL_ATTRIBUTES.includes(name));
}

/** A new value starts the time again, and so does all that brings an expired key back; one that was to live for ever
 *  still is. */
function startsAgain(changed: readonly string[], prior: ObjectValue): boolean {
  if (changed.includes("ttl")) return true;
  if (isNull(attribute(prior, "expires_at")) || !isWritten(changed)) return false;
  return isTrue(attribute(prior, "expired")) || changed.some((name) => among(VALUE_ATTRIBUTES, name));
}

const among = (names: readonly string[], name: string): boolean => names.includes(name);

function idOf(within: ObjectValue): Value | undefined {
  const [namespace, key] = [attribute(within, "namespace"), attribute(within, "key")];
  return namespace.kind === "string" && key.kind === "string" ? str(`${namespace.value}/${key.value}`) : undefined;
}
