import { compareUtf8, nfc } from "./text.ts";

/** A type of Terraform's type system. `dynamic` stands for "the value says which". */
export type Type = PrimitiveType | CollectionType | TupleType | ObjectType;

export interface PrimitiveType {
  readonly kind: "string" | "number" | "bool" | "dynamic";
}

/** Any number of elements of one type. */
export interface CollectionType {
  readonly kind: "list" | "set" | "map";
  readonly element: Type;
}

/** A fixed number of elements, each of its own type. */
export interface TupleType {
  readonly kind: "tuple";
  readonly elements: readonly Type[];
}

/** Attributes in the order of their names' UTF-8 bytes, which is the order they are written in.
 *  `optional` names those that a configuration may leave out; values always have all of them. */
export interface ObjectType {
  readonly kind: "object";
  readonly attributes: ReadonlyMap<string, Type>;
  readonly optional: ReadonlySet<string>;
}

export const STRING: PrimitiveType = { kind: "string" };
export const NUMBER: PrimitiveType = { kind: "number" };
export const BOOL: PrimitiveType = { kind: "bool" };
export const DYNAMIC: PrimitiveType = { kind: "dynamic" };

export const listType = (element: Type): CollectionType => ({ kind: "list", element });
export const setType = (element: Type): CollectionType => ({ kind: "set", element });
export const mapType = (element: Type): CollectionType => ({ kind: "map", element });
export const tupleType = (elements: readonly Type[]): TupleType => ({ kind: "tuple", elements });

/** An object type. A Map is for names that a literal cannot hold, such as `__proto__`. */
export function objectType(
  attributes: Readonly<Record<string, Type>> | ReadonlyMap<string, Type>,
  optional: Iterable<string> = [],
): ObjectType {
  const entries = attributes instanceof Map ? attributes : Object.entries(attributes);
  const sorted = [...entries].map(([name, type]) => [nfc(name), type] as const);
  sorted.sort(([a], [b]) => compareUtf8(a, b));
  return { kind: "object", attributes: new Map(sorted), optional: new Set([...optional].map(nfc)) };
}

/** Whether two types are the same in every part, optional attributes included. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if ("element" in a) return "element" in b && a.kind === b.kind && sameType(a.element, b.element);
  if (a.kind === "tuple") return b.kind === "tuple" && sameTypes(a.elements, b.elements);
  if (a.kind === "object") return b.kind === "object" && sameObjectType(a, b);
  return a.kind === b.kind;
}

function sameObjectType(a: ObjectType, b: ObjectType): boolean {
  // Both are sorted, so equal names stand at equal places.
  return (
    sameTexts([...a.attributes.keys()], [...b.attributes.keys()]) &&
    sameTypes([...a.attributes.values()], [...b.attributes.values()]) &&
    sameTexts([...a.optional].sort(), [...b.optional].sort())
  );
}

function sameTypes(a: readonly Type[], b: readonly Type[]): boolean {
  if (a.length !== b.length) return false;
  return a.every((type, i) => {
    const other = b[i];
    return other !== undefined && sameType(type, other);
  });
}

function sameTexts(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((text, i) => text === b[i]);
}
