import { BOOL, DYNAMIC, mapType, NUMBER, STRING } from "../cty/type.ts";
import { ENTRY_ATTRIBUTES } from "../resources/entry-attributes.ts";
import type { Attribute } from "../schema/schema.ts";

type Attributes = Readonly<Record<string, Attribute>>;

/** What the look-up of a key may be told, by the data source and the ephemeral resource alike. */
export const ASKED: Attributes = {
  namespace: { type: STRING, from: "required", description: "The namespace, such as `company.team`." },
  key: { type: STRING, from: "required", description: "The key, case-sensitive." },
  inherit: {
    type: BOOL,
    from: "optional",
    description:
      "Whether the namespaces above are looked through, nearest first, where this one has no such key; `found_in` says which one has it. Not together with `revision`.",
  },
  revision: {
    type: NUMBER,
    from: "optional or computed",
    description:
      "The revision to read, while the key's history has it, though the key may be deleted now. Without it the current one, whose number it then is.",
  },
  default: {
    type: DYNAMIC,
    from: "optional",
    description: "The `value` of a key that is missing or has expired, of any type. Neither is an error then.",
  },
  error_on_missing: {
    type: BOOL,
    from: "optional",
    description:
      "Whether a key that is missing or has expired is an error where there is no `default`, true by default. With `false` all that would be read is null, and `exists` is false.",
  },
  decode_value: {
    type: BOOL,
    from: "optional",
    description:
      "Whether `value` is made of the JSON text, true by default. With `false` only `value_json` has the value, also where Terraform cannot hold it: a number like `1e99999`, a name that comes twice in an object, half of a surrogate pair.",
  },
};

/** What comes of it. */
export const FOUND: Attributes = {
  exists: { type: BOOL, from: "computed", description: "Whether there is such a key, and it has not expired." },
  expired: { type: BOOL, from: "computed", description: "Whether there was such a key, and it has expired." },
  found_in: {
    type: STRING,
    from: "computed",
    description: "The namespace that has the key: `namespace`, or with `inherit` perhaps one above it.",
  },
  type: {
    type: STRING,
    from: "computed",
    description: "`STRING`, `NUMBER`, `BOOLEAN`, `DATETIME`, `DATE`, `DURATION` or `JSON`.",
  },
  value: {
    type: DYNAMIC,
    from: "computed",
    description: "The value: a string, a number, a bool, or an object or tuple of them.",
  },
  value_json: {
    type: STRING,
    from: "computed",
    description:
      "The value as the JSON text that was stored, with all its digits; characters that Terraform would compose are escaped.",
  },
  ttl: { type: STRING, from: "computed", description: "How long the latest value lives; null when for ever." },
  description: { type: STRING, from: "computed", description: "What the key is for." },
  labels: { type: mapType(STRING), from: "computed", description: "The key's labels." },
  secret: { type: BOOL, from: "computed", description: "Whether the value is marked as a secret." },
  ...ENTRY_ATTRIBUTES,
  revision: ASKED["revision"] as Attribute,
};
