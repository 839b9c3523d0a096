import { attribute, type ObjectValue, type Value } from "../cty/value.ts";
import { impliedType, sameMeaning } from "./value-type.ts";

/** The keys of a set, and what a configuration, plan or state says of each. */

export type Members = ReadonlyMap<string, Value>;

/** The values of an object or a map by their keys; none for anything else. */
export const membersIn = (value: Value): Members =>
  value.kind === "object" || value.kind === "map" ? value.entries : NONE;

const NONE: Members = new Map();

export const membersOf = (set: ObjectValue): Members => membersIn(attribute(set, "values"));

/** Says of which type a key is: what `types` names, else the one that its value implies. Undefined while nobody can say. */
export function typesOf(set: ObjectValue): (key: string, value: Value) => string | undefined {
  const said = membersIn(attribute(set, "types"));
  return (key, value) => {
    const type = said.get(key);
    return type === undefined ? impliedMemberType(value) : type.kind === "string" ? type.value : undefined;
  };
}

/** As of a value alone, but a null is JSON's. */
export function impliedMemberType(value: Value): string | undefined {
  if (value.kind === "null") return "JSON";
  return impliedType(value);
}

/** Whether two sets have the same keys, and each value means the same in both. `within` has the planned types. */
export function sameMembers(prior: Value, planned: Value, within: ObjectValue): boolean {
  const [before, after] = [membersIn(prior), membersIn(planned)];
  if (before.size !== after.size) return false;
  const typeIn = typesOf(within);
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old === undefined || !sameMeaning(typeIn(key, value), old, value)) return false;
  }
  return true;
}

/** The texts of an attribute that is a list or set of strings; none for one that is null or unknown. */
export function textsIn(value: Value): readonly string[] {
  if (!("items" in value)) return [];
  return value.items.flatMap((item) => (item.kind === "string" ? [item.value] : []));
}
