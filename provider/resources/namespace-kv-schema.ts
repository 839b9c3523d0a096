import { bool, nullOf, str } from "../cty/make.ts";
import { BOOL, DYNAMIC, mapType, NUMBER, STRING } from "../cty/type.ts";
import { attribute, isNull, type Value } from "../cty/value.ts";
import type { Attribute, Schema } from "../schema/schema.ts";
import { sameLength } from "./duration.ts";
import { ENTRY_ATTRIBUTES, isWritten, VALUE_ATTRIBUTES } from "./entry-attributes.ts";
import { sameInstant } from "./instant.ts";
import { sameJson } from "./json-value.ts";
import { sourceIn, typeOfSource } from "./namespace-kv-source.ts";
import { sameMeaning } from "./value-type.ts";

/** Which key, and what its value is. */
const VALUE = {
  namespace: {
    type: STRING,
    from: "required",
    requiresReplace: true,
    description:
      "The namespace, a dotted path such as `company.team`. It comes to be with its first key. Another one makes another key.",
  },
  key: {
    type: STRING,
    from: "required",
    requiresReplace: true,
    description:
      "The key, unique in its namespace and case-sensitive: 1 to 256 characters. Another one makes another key.",
  },
  // Before the value, which is compared by it.
  type: {
    type: STRING,
    from: "optional or computed",
    description:
      "`STRING`, `NUMBER`, `BOOLEAN`, `DATETIME`, `DATE`, `DURATION` or `JSON`. Without it a string is a `STRING`, a number a `NUMBER`, a bool a `BOOLEAN`, and anything else `JSON`; `DATETIME`, `DATE` and `DURATION` must be written.",
    derive: (_, config) => {
      const type = typeOfSource(config);
      return type && str(type);
    },
    changesWith: VALUE_ATTRIBUTES,
  },
  value: {
    type: DYNAMIC,
    from: "optional",
    description:
      "The value: a string, a number, a bool, or a list or object of them, however deep. It stands in the state, where plans compare it part by part; for secrets there is `value_wo`. At most one of `value`, `value_json` and `value_wo` is set. With none of them only the metadata of a key that exists is managed: its value is somebody else's, and destroying the resource leaves the key, unless `deletion_policy` is `delete`.",
    same: (prior, planned, within) => sameMeaning(textOf(attribute(within, "type")), prior, planned),
  },
  value_json: {
    type: STRING,
    from: "optional",
    description:
      'The value as a JSON document, for what HCL cannot hold: numbers of any size and precision, names that come twice, JSON\'s null (`"null"`). It is compared as JSON, to the last digit: neither white space nor the order of names is a difference.',
    same: (prior, planned, within) =>
      byText(prior, planned, (a, b) => sameJson(textOf(attribute(within, "type")), a, b)),
  },
  value_wo: {
    type: DYNAMIC,
    from: "optional",
    writeOnly: true,
    description:
      "The value, write-only: it stands in no plan and no state, and may come from an ephemeral resource. It is written when `value_wo_version` or `type` changes. Needs Terraform 1.11 or OpenTofu 1.11.",
  },
  value_wo_version: {
    type: NUMBER,
    from: "optional",
    description:
      "Belongs to `value_wo`: another number writes the value again. Plans show it as changed, too, when somebody else has changed the value, which a digest tells.",
  },
} as const satisfies Readonly<Record<string, Attribute>>;

/** How long it lives, and what follows. */
const LIFETIME = {
  ttl: {
    type: STRING,
    from: "optional or computed",
    description:
      "How long the key lives, as an ISO 8601 duration such as `P1D` or `PT1H30M`. Every new value starts it again. Without it, and without `expires_at`, the key never expires, unless its namespace has a default, which shows in `expires_at` only. Where only metadata is managed it is left alone until it is set.",
    same: (prior, planned) => byText(prior, planned, sameLength),
    derive: (_, config) => (sourceIn(config) || !isNull(attribute(config, "expires_at")) ? nullOf(STRING) : undefined),
  },
  renew_before: {
    type: STRING,
    from: "optional",
    description:
      "Starts the TTL again as soon as less than this is left, as an ISO 8601 duration shorter than `ttl`: the first plan in that time shows `expires_at` as known after apply. It takes effect once it has been applied.",
    same: (prior, planned) => byText(prior, planned, sameLength),
  },
  on_expire: {
    type: STRING,
    from: "optional",
    description:
      "What a plan does when the key has expired: `recreate` creates it again, with a warning that says when it expired, and is the default; `ignore` leaves it, and shows `expired = true`; `error` fails. It takes effect once it has been applied.",
  },
} as const satisfies Readonly<Record<string, Attribute>>;

/** What is said about it, and how Terraform treats it. */
const METADATA = {
  description: {
    type: STRING,
    from: "optional",
    description:
      "What the key is for. Once it was set here, removing it clears it; one that was never set here is left alone.",
  },
  labels: {
    type: mapType(STRING),
    from: "optional",
    description:
      "Names with values, to search by. Once they were set here they are all that the key has, and removing them clears them; those that were never set here are left alone.",
  },
  secret: {
    type: BOOL,
    from: "optional",
    description:
      "Marks the value as a secret on the service. It does not keep it out of Terraform's state: `value_wo` does. Once it was set here, removing it unmarks the value; a mark that was never set here is left alone.",
  },
  adopt_existing: {
    type: BOOL,
    from: "optional",
    description:
      "Whether creating takes over a key that exists already; its description, labels and mark as a secret stay where they are not set here. Without it such a key is an error that says how to import it.",
  },
  deletion_policy: {
    type: STRING,
    from: "optional",
    description:
      "What destroying does: `delete` deletes the key, `abandon` leaves it and only forgets it. The default is `delete` for a key whose value is managed, else `abandon`. It takes effect once it has been applied.",
  },
} as const satisfies Readonly<Record<string, Attribute>>;

export const NAMESPACE_KV: Schema = {
  version: 0,
  description: "A key of a namespace and its value.",
  attributes: {
    ...VALUE,
    ...LIFETIME,
    ...METADATA,
    ...ENTRY_ATTRIBUTES,
    expires_at: {
      ...ENTRY_ATTRIBUTES.expires_at,
      from: "optional or computed",
      description:
        "When the key expires, an instant such as `2030-01-31T12:00:00Z`, instead of `ttl`. Where it is not set it tells when the key expires, in UTC; null when it never does.",
      same: (prior, planned) => byText(prior, planned, sameInstant),
    },
    expired: {
      type: BOOL,
      from: "computed",
      description: 'Whether the key has expired, which shows with `on_expire = "ignore"`.',
      changesWith: isWritten,
      becomes: bool(false),
    },
  },
};

const byText = (a: Value, b: Value, same: (a: string, b: string) => boolean): boolean =>
  a.kind === "string" && b.kind === "string" && same(a.value, b.value);

const textOf = (value: Value): string | undefined => (value.kind === "string" ? value.value : undefined);
