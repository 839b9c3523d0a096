import { bool, str } from "../cty/make.ts";
import { BOOL, DYNAMIC, listType, mapType, STRING } from "../cty/type.ts";
import { attribute, isKnown, type ObjectValue, type Value } from "../cty/value.ts";
import type { Schema } from "../schema/schema.ts";
import { sameLength } from "./duration.ts";
import { maybeTextAt } from "./entry-state.ts";
import { sameMembers } from "./set-members.ts";

export const NAMESPACE_KV_SET: Schema = {
  version: 0,
  description:
    "Many keys of one namespace and their values. Only what differs is written, in batches of which each happens as a whole or not at all. Descriptions, labels and `secret` of the keys stay as others set them.",
  attributes: {
    namespace: {
      type: STRING,
      from: "required",
      requiresReplace: true,
      description:
        "The namespace, a dotted path such as `company.team`. It comes to be with its first key. Another one makes another set.",
    },
    prefix: {
      type: STRING,
      from: "optional",
      description:
        "What the set is about: the keys that begin so. All keys of `values` must. Without it the set is about the whole namespace.",
    },
    // Before the values, which are compared by it.
    types: {
      type: mapType(STRING),
      from: "optional",
      description:
        "The types of those keys whose value does not say it: `DATETIME`, `DATE`, `DURATION`, or `JSON` for a string, number or bool. Of every other key a string is a `STRING`, a number a `NUMBER`, a bool a `BOOLEAN`, and anything else `JSON`.",
    },
    values: {
      type: DYNAMIC,
      from: "required",
      description:
        "The values by their keys, as an object or a map. The keys are whole, with the prefix. A value is a string, a number, a bool, or a list or object of them, however deep; a null is stored as JSON's `null`.",
      same: sameMembers,
    },
    ttl: {
      type: STRING,
      from: "optional",
      description:
        "How long each key lives, as an ISO 8601 duration such as `P1D` or `PT1H30M`. Every write of a key starts it again. Without it the keys never expire, unless their namespace says otherwise. Where others have given the keys different ones, a plan shows `mixed` in their place.",
      same: (prior, planned) =>
        prior.kind === "string" && planned.kind === "string" && sameLength(prior.value, planned.value),
    },
    authoritative: {
      type: BOOL,
      from: "optional or computed",
      description:
        "Whether keys that begin with `prefix` and are not in `values` are removed. False unless set: they are only listed in `unmanaged_keys`. A plan names the keys that it removes; the one that creates the set does not know them yet and removes none.",
      derive: () => bool(false),
    },
    ignore_keys: {
      type: listType(STRING),
      from: "optional",
      description:
        "Keys that are neither removed nor listed, though they are not in `values`: patterns for the whole key, in which `*` stands for any number of characters, `/` included, and `?` for exactly one; everything else stands for itself.",
    },
    adopt_existing: {
      type: BOOL,
      from: "optional or computed",
      description:
        "Whether keys that exist already are taken over, and their values replaced, when they are added to the set. False unless set: such a key is an error.",
      derive: () => bool(false),
    },
    deletion_policy: {
      type: STRING,
      from: "optional or computed",
      description:
        "What becomes of the keys when the set is destroyed: `delete`, or `abandon` to leave them where they are. A key that is taken out of `values` is deleted in either case.",
      derive: () => str("delete"),
    },
    id: {
      type: STRING,
      from: "computed",
      description: "`namespace`, or `namespace/prefix`: the ID for `terraform import`.",
      derive: idFrom,
      changesWith: ["prefix"],
    },
    unmanaged_keys: {
      type: listType(STRING),
      from: "computed",
      description:
        "The keys that begin with `prefix`, are not in `values`, and match none of `ignore_keys`. After an apply with `authoritative` there are none.",
    },
  },
};

function idFrom(within: ObjectValue): Value | undefined {
  const namespace = maybeTextAt(within, "namespace");
  if (namespace === undefined || !isKnown(attribute(within, "prefix"))) return undefined;
  return str(setIdOf(namespace, maybeTextAt(within, "prefix") ?? ""));
}

export const setIdOf = (namespace: string, prefix: string): string =>
  prefix === "" ? namespace : `${namespace}/${prefix}`;
