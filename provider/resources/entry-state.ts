import type { KeyPlace } from "../../api/client.ts";
import { bool, map, obj, str } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute, type ObjectValue, type Value } from "../cty/value.ts";
import { DiagnosticError, error } from "../schema/diagnostic.ts";
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

/** An attribute that may be a known string. */
export function maybeTextAt(object: ObjectValue, name: string): string | undefined {
  const value = attribute(object, name);
  return value.kind === "string" ? value.value : undefined;
}

/** The revision that a write replaces. A state that was moved here knows none before it is read. */
export function etagOf(prior: ObjectValue): string {
  const etag = maybeTextAt(prior, "etag");
  if (etag !== undefined) return etag;
  throw new DiagnosticError(
    error(
      "The key has not been read yet",
      'Its state was moved here from another resource, and does not say which revision it is of. Nothing was written. Plan and apply again without "-refresh=false".',
    ),
  );
}

/** The labels that an object says; none where it says nothing of them. */
export function labelsAt(object: ObjectValue): Record<string, string> {
  const labels = attribute(object, "labels");
  if (labels.kind !== "map") return {};
  return Object.fromEntries(
    [...labels.entries].map(([name, value]) => [name, value.kind === "string" ? value.value : ""]),
  );
}

export const labelsValue = (labels: Readonly<Record<string, string>>): Value =>
  map(STRING, new Map(Object.entries(labels).map(([name, value]) => [name, str(value)])));

/** `object` with other values in some of its attributes. */
export const withValues = (object: ObjectValue, values: Readonly<Record<string, Value>>): ObjectValue =>
  obj(new Map([...object.entries, ...Object.entries(values)]));

/** The state that a write's answer makes of its plan. */
export const madeState = (entry: Entry, planned: ObjectValue): ObjectValue =>
  withValues(planned, {
    ...entryValues(entry),
    type: str(entry.type),
    ttl: textOrNull(entry.ttl),
    expired: bool(false),
  });

/** What the service tells of a key besides its place and its value. */
export const toldOf = (entry: Entry) => ({
  ...entryValues(entry),
  type: str(entry.type),
  ttl: textOrNull(entry.ttl),
  description: textOrNull(entry.description),
  labels: labelsValue(entry.labels),
  secret: bool(entry.secret),
});

/** The state that an entry of the service and its value make. */
export const stateOf = (entry: Entry, value: Value): ObjectValue =>
  obj({
    ...toldOf(entry),
    namespace: str(entry.namespace),
    key: str(entry.key),
    value,
    expired: bool(false), // what has expired is not read
  });
