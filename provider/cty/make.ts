import { keyOf } from "./equal.ts";
import { CtyError } from "./error.ts";
import { NUMBER_REFUSAL, numberFromDouble, parseNumber } from "./number.ts";
import { nfc } from "./text.ts";
import type { Type } from "./type.ts";
import {
  type BoolValue,
  type ListValue,
  type MapValue,
  type NullValue,
  type NumberValue,
  type ObjectValue,
  type StringValue,
  type TupleValue,
  typeOf,
  type UnknownValue,
  type Value,
} from "./value.ts";

/** Names and values. A Map is for names that a literal cannot hold, such as `__proto__`. */
export type Entries = Readonly<Record<string, Value>> | ReadonlyMap<string, Value>;

export const str = (text: string): StringValue => ({ kind: "string", value: nfc(text) });
export const bool = (value: boolean): BoolValue => ({ kind: "bool", value });
export const tuple = (items: readonly Value[]): TupleValue => ({ kind: "tuple", items });
export const obj = (from: Entries): ObjectValue => ({ kind: "object", entries: entriesOf(from) });
export const nullOf = (type: Type): NullValue => ({ kind: "null", type });
export const unknownOf = (type: Type): UnknownValue => ({ kind: "unknown", type });

/** A list. When `element` is dynamic, the items, all of one type, say which: there is no list of "anything" in cty. */
export function list(element: Type, items: readonly Value[]): ListValue {
  return { kind: "list", element: elementOf(element, items), items };
}

/** A set: items that come twice stay once. One that is not wholly known may still turn out different from all others. */
export function set(element: Type, items: readonly Value[]): ListValue {
  const seen = new Set<string>();
  const once = items.filter((item) => {
    const key = keyOf(item);
    if (key === undefined) return true;
    const fresh = !seen.has(key);
    seen.add(key);
    return fresh;
  });
  return { kind: "set", element: elementOf(element, items), items: once };
}

/** A map, whose `element` may be dynamic as in `list`. */
export function map(element: Type, from: Entries): MapValue {
  const entries = entriesOf(from);
  return { kind: "map", element: elementOf(element, entries.values()), entries };
}

function elementOf(declared: Type, items: Iterable<Value>): Type {
  if (declared.kind !== "dynamic") return declared;
  for (const item of items) {
    const type = typeOf(item);
    if (type.kind !== "dynamic") return type;
  }
  return declared;
}

/** A number, from decimal text for those that a double does not hold. Throws a CtyError for NaN, for what is no number,
 *  and beyond the bounds of `parseNumber`. */
export function num(from: number | bigint | string): NumberValue {
  const value = typeof from === "number" ? numberFromDouble(from) : parseNumber(from.toString());
  if (value === undefined) throw new CtyError([], NUMBER_REFUSAL);
  return { kind: "number", value };
}

function entriesOf(from: Entries): ReadonlyMap<string, Value> {
  const entries = from instanceof Map ? from : Object.entries(from);
  return new Map([...entries].map(([name, value]) => [nfc(name), value]));
}
