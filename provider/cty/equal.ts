import { numberKey, sameNumber } from "./number-equality.ts";
import type { Value } from "./value.ts";

/** Whether two values mean the same JSON. Numbers are compared as Terraform can tell them apart, the order of names does
 *  not count, and a list, a tuple and a set are all arrays, as a map and an object are both objects. The order of items
 *  counts, unless both are sets. A null is not an absent name. What is unknown equals nothing, itself included. */
export function sameValue(a: Value, b: Value): boolean {
  if (a.kind === "string") return b.kind === "string" && a.value === b.value && sameBytes(a.invalidUtf8, b.invalidUtf8);
  if (a.kind === "number") return b.kind === "number" && sameNumber(a.value, b.value);
  if (a.kind === "bool") return b.kind === "bool" && a.value === b.value;
  if (a.kind === "null") return b.kind === "null";
  if (a.kind === "set" && b.kind === "set") return sameSet(a.items, b.items);
  if ("items" in a) return "items" in b && sameItems(a.items, b.items);
  if ("entries" in a) return "entries" in b && sameEntries(a.entries, b.entries);
  return false;
}

function sameBytes(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return a === undefined || b === undefined ? a === b : Buffer.compare(a, b) === 0;
}

function sameItems(a: readonly Value[], b: readonly Value[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((item, i) => {
    const other = b[i];
    return other !== undefined && sameValue(item, other);
  });
}

function sameEntries(a: ReadonlyMap<string, Value>, b: ReadonlyMap<string, Value>): boolean {
  if (a.size !== b.size) return false;
  for (const [name, value] of a) {
    const other = b.get(name);
    if (other === undefined || !sameValue(value, other)) return false;
  }
  return true;
}

function sameSet(a: readonly Value[], b: readonly Value[]): boolean {
  const left = new Set(a.map(keyOf));
  const right = new Set(b.map(keyOf));
  return left.size === right.size && [...left].every((key) => key !== undefined && right.has(key));
}

/** Text that two values of one type share exactly when they are the same value; undefined for one that is not wholly
 *  known. A set is a set of these. */
export function keyOf(value: Value): string | undefined {
  switch (value.kind) {
    case "string":
      return JSON.stringify(value.invalidUtf8 === undefined ? value.value : [...value.invalidUtf8]);
    case "number":
      return numberKey(value.value);
    case "bool":
      return value.value ? "true" : "false";
    case "null":
      return "null";
    case "unknown":
      return undefined;
    case "list":
    case "tuple":
      return keyOfParts(value.items.map(keyOf), "[]");
    case "set":
      return keyOfParts([...new Set(value.items.map(keyOf))].sort(), "[]");
    case "map":
    case "object":
      return keyOfParts([...value.entries].sort(([a], [b]) => (a < b ? -1 : 1)).map(keyOfEntry), "{}");
  }
}

function keyOfEntry([name, value]: readonly [string, Value]): string | undefined {
  const key = keyOf(value);
  return key === undefined ? undefined : `${JSON.stringify(name)}:${key}`;
}

function keyOfParts(keys: readonly (string | undefined)[], brackets: string): string | undefined {
  return keys.includes(undefined) ? undefined : `${brackets[0]}${keys.join(",")}${brackets[1]}`;
}
