import { REVISIONS_KEPT_DEFAULT, REVISIONS_KEPT_MAX } from "../../api/limits.ts";
import { bool } from "../cty/make.ts";
import { BOOL, mapType, NUMBER, STRING, setType } from "../cty/type.ts";
import { attribute } from "../cty/value.ts";
import type { Schema } from "../schema/schema.ts";
import { sameLength } from "./duration.ts";

export const NAMESPACE: Schema = {
  version: 0,
  description:
    "A namespace and what is said about it. A namespace comes to be with its first key as well; this one says more, and goes with the resource.",
  attributes: {
    name: {
      type: STRING,
      from: "required",
      requiresReplace: true,
      description: "The namespace, a dotted path such as `company.team`. Another one makes another namespace.",
    },
    description: { type: STRING, from: "optional", description: "What the namespace is for." },
    labels: { type: mapType(STRING), from: "optional", description: "Names with values, to search by." },
    allowed_namespaces: {
      type: setType(STRING),
      from: "optional",
      description: "The namespaces whose flows may read keys of this one.",
    },
    max_revisions: {
      type: NUMBER,
      from: "optional",
      description: `Revisions that are kept of each key, 1 to ${REVISIONS_KEPT_MAX}; without it ${REVISIONS_KEPT_DEFAULT}.`,
    },
    default_ttl: {
      type: STRING,
      from: "optional",
      description: "How long keys live that name no time themselves, as an ISO 8601 duration such as `P30D`.",
      same: (prior, planned) =>
        prior.kind === "string" && planned.kind === "string" && sameLength(prior.value, planned.value),
    },
    force_destroy: {
      type: BOOL,
      from: "optional or computed",
      description:
        "Whether destroying the namespace destroys its keys as well. Without it a namespace that still has keys is an error.",
      derive: () => bool(false),
    },
    id: {
      type: STRING,
      from: "computed",
      description: "The name, the ID for `terraform import`.",
      derive: (within) => {
        const name = attribute(within, "name");
        return name.kind === "string" ? name : undefined;
      },
    },
    revision: {
      type: NUMBER,
      from: "computed",
      description: "1, 2, 3 … with every change of what is said about the namespace.",
      changesWith: saidAgain,
    },
    etag: {
      type: STRING,
      from: "computed",
      description: "The revision's own name, unique for ever. A change goes through only while it is the current one.",
      changesWith: saidAgain,
    },
    created_at: { type: STRING, from: "computed", description: "When the namespace came to be, in UTC." },
    updated_at: {
      type: STRING,
      from: "computed",
      description: "When it was changed last, in UTC.",
      changesWith: saidAgain,
    },
    updated_by: { type: STRING, from: "computed", description: "Who changed it last.", changesWith: saidAgain },
  },
};

/** `force_destroy` is Terraform's own business: the service never hears of it before the end. */
function saidAgain(changed: readonly string[]): boolean {
  return changed.some((name) => name !== "force_destroy");
}
