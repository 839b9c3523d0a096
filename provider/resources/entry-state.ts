import type { KeyPlace } from "../../api/client.ts";
import { bool, obj, str } from "../cty/make.ts";
import { attribute, type ObjectValue, type Value } from "../cty/value.ts";
import { type Entry, entryValues, textOrNull } from "./entry-attributes.ts";

/** The key that a configuration, plan or state is about. */
export const placeOf = (object: ObjectValue): KeyPlace => ({
  namespace: textAt(object, "namespace"),
  key: textAt(object, "key"),
});

/** An attribute that is a known string. */
export function textAt(object: ObjectValue, name: string): string {
  const value = attribute(object, name);
  if (value.kind !== "string") throw new Error(`the attribute "${name}" is no string`);
  return value.value;
}

/** The state that an entry of the service and its value make. */
export const stateOf = (entry: Entry, value: Value): ObjectValue =>
  obj({
    ...entryValues(entry),
    namespace: str(entry.namespace),
    key: str(entry.key),
    value,
    type: str(entry.type),
    ttl: textOrNull(entry.ttl),
    description: textOrNull(entry.description),
    expired: bool(false), // what has expired is not in any state
  });
