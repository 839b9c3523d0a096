import { obj, str } from "../cty/make.ts";
import { BOOL, DYNAMIC, listType, mapType, NUMBER, objectType, STRING } from "../cty/type.ts";
import type { ObjectValue } from "../cty/value.ts";
import type { Entry } from "../resources/entry-attributes.ts";
import { toldOf } from "../resources/entry-state.ts";
import type { Schema } from "../schema/schema.ts";

/** What is told of each key besides its value. */
export const ENTRY = objectType({
  namespace: STRING,
  type: STRING,
  revision: NUMBER,
  etag: STRING,
  digest: STRING,
  size: NUMBER,
  description: STRING,
  labels: mapType(STRING),
  secret: BOOL,
  ttl: STRING,
  expires_at: STRING,
  created_at: STRING,
  updated_at: STRING,
  updated_by: STRING,
});

export function entryOf(entry: Entry): ObjectValue {
  const { id: _key, uri: _uri, ...told } = toldOf(entry);
  return obj({ ...told, namespace: str(entry.namespace) });
}

export const NAMESPACE_KVS: Schema = {
  version: 0,
  description:
    "The keys of a namespace and their values, as far as they pass all filters. No key at all is no error: the map is empty then.",
  attributes: {
    namespace: { type: STRING, from: "required", description: "The namespace, such as `company.team`." },
    prefix: { type: STRING, from: "optional", description: "Only keys that begin so." },
    glob: {
      type: STRING,
      from: "optional",
      description:
        "Only keys that match this pattern as a whole: `*` stands for any number of characters, `/` included, and `?` for exactly one; everything else stands for itself.",
    },
    type: {
      type: STRING,
      from: "optional",
      description: "Only keys of this type: `STRING`, `NUMBER`, `BOOLEAN`, `DATETIME`, `DATE`, `DURATION` or `JSON`.",
    },
    labels: { type: mapType(STRING), from: "optional", description: "Only keys that have all of these labels." },
    inherit: {
      type: BOOL,
      from: "optional",
      description:
        "Whether keys of the namespaces above are among them, as a flow would find them: of each key the one of the nearest namespace.",
    },
    include_values: {
      type: BOOL,
      from: "optional",
      description:
        "Whether the values are read, true by default. With `false` they are not even fetched, and neither plan nor state has them.",
    },
    keys: {
      type: listType(STRING),
      from: "computed",
      description:
        "The keys, in the order of their code points. Those that Terraform cannot name, since it composes characters (Unicode's normal form C), are left out.",
    },
    values: {
      type: DYNAMIC,
      from: "computed",
      description: "An object that has the value of each key; null with `include_values = false`.",
    },
    entries: {
      type: mapType(ENTRY),
      from: "computed",
      description:
        "What is known of each key besides its value. `namespace` is another one than that above where the key is inherited.",
    },
  },
};
