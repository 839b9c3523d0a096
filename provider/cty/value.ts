import { CtyError } from "./error.ts";
import type { Num } from "./number.ts";
import { BOOL, listType, mapType, NUMBER, objectType, STRING, setType, type Type, tupleType } from "./type.ts";

/** A value of Terraform: plain data that knows its own type. Text, and the names in maps and objects, are in Unicode's
 *  normal form C, as cty keeps them; the constructors in make.ts see to that. */
export type Value = StringValue | NumberValue | BoolValue | ListValue | TupleValue | MapValue | ObjectValue | Absent;

export interface StringValue {
  readonly kind: "string";
  readonly value: string;
  /** The bytes as they came, of text that is not UTF-8. `value` has U+FFFD in the bad places and is for display only. */
  readonly invalidUtf8?: Uint8Array;
}
export interface NumberValue {
  readonly kind: "number";
  readonly value: Num;
}
export interface BoolValue {
  readonly kind: "bool";
  readonly value: boolean;
}
export interface ListValue {
  readonly kind: "list" | "set";
  readonly element: Type;
  readonly items: readonly Value[];
}
export interface TupleValue {
  readonly kind: "tuple";
  readonly items: readonly Value[];
}
export interface MapValue {
  readonly kind: "map";
  readonly element: Type;
  readonly entries: ReadonlyMap<string, Value>;
}
export interface ObjectValue {
  readonly kind: "object";
  readonly entries: ReadonlyMap<string, Value>;
}
/** A null, or a value that is not known before apply. */
export type Absent = NullValue | UnknownValue;
export interface NullValue {
  readonly kind: "null";
  readonly type: Type;
}
export interface UnknownValue {
  readonly kind: "unknown";
  readonly type: Type;
  /** What Terraform knows of it nevertheless, as it came over the wire. It goes back untouched. */
  readonly refinement?: Uint8Array;
}

export const isNull = (value: Value): value is NullValue => value.kind === "null";
export const isKnown = (value: Value): value is Exclude<Value, UnknownValue> => value.kind !== "unknown";

/** Whether nothing inside the value, at any depth, is unknown. */
export function isWhollyKnown(value: Value): boolean {
  if ("items" in value) return value.items.every(isWhollyKnown);
  if ("entries" in value) return [...value.entries.values()].every(isWhollyKnown);
  return isKnown(value);
}

/** An attribute of an object. Throws a CtyError when the value is no object or has no such attribute, which for a value
 *  decoded by a schema's type means that the name is not in the schema. */
export function attribute(value: Value, name: string): Value {
  const found = value.kind === "object" ? value.entries.get(name) : undefined;
  if (found === undefined) throw new CtyError([{ attribute: name }], "there is no such attribute");
  return found;
}

/** The type that a value says it has, which is what a dynamic value carries along. */
export function typeOf(value: Value): Type {
  switch (value.kind) {
    case "string":
      return STRING;
    case "number":
      return NUMBER;
    case "bool":
      return BOOL;
    case "list":
      return listType(value.element);
    case "set":
      return setType(value.element);
    case "map":
      return mapType(value.element);
    case "tuple":
      return tupleType(value.items.map(typeOf));
    case "object":
      return objectType(new Map([...value.entries].map(([name, of]) => [name, typeOf(of)])));
    default:
      return value.type;
  }
}

/** What to say of a value in the place of another type. */
export function misfit(value: Value, wanted: Type): string {
  return `${wanted.kind === "object" ? "an" : "a"} ${wanted.kind} is required, not a value of type ${value.kind}`;
}
