import { bool, str } from "../cty/make.ts";
import { BOOL, DYNAMIC, STRING } from "../cty/type.ts";
import { attribute, type ObjectValue, type Value } from "../cty/value.ts";
import type { Schema } from "../schema/schema.ts";
import { sameLength } from "./duration.ts";
import { ENTRY_ATTRIBUTES } from "./entry-attributes.ts";
import { impliedType, sameMeaning } from "./value-type.ts";

export const NAMESPACE_KV: Schema = {
  version: 0,
  description: "A key of a namespace and its value.",
  attributes: {
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
      derive: typeFromValue,
      changesWith: ["value"],
    },
    value: {
      type: DYNAMIC,
      from: "optional",
      description: "The value: a string, a number, a bool, or a list or object of them, however deep.",
      same: (prior, planned, within) => sameMeaning(textOf(attribute(within, "type")), prior, planned),
    },
    ttl: {
      type: STRING,
      from: "optional",
      description:
        "How long the key lives, as an ISO 8601 duration such as `P1D` or `PT1H30M`. Every new value starts it again. Without it the key never expires, unless its namespace says otherwise.",
      same: (prior, planned) =>
        prior.kind === "string" && planned.kind === "string" && sameLength(prior.value, planned.value),
    },
    description: {
      type: STRING,
      from: "optional",
      description:
        "What the key is for. Once it was set here, removing it clears it; one that was never set here is left alone.",
    },
    ...ENTRY_ATTRIBUTES,
    expired: {
      type: BOOL,
      from: "computed",
      description: "Whether the key has expired.",
      changesWith: ["value", "type", "ttl"],
      becomes: bool(false),
    },
  },
};

function typeFromValue(within: ObjectValue): Value | undefined {
  const type = impliedType(attribute(within, "value"));
  return type && str(type);
}

const textOf = (value: Value): string | undefined => (value.kind === "string" ? value.value : undefined);
