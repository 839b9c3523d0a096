import type { ObjectType, Type } from "../../provider/cty/type.ts";

/** A type as the registry's pages name it: `List of String`. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return `${capital(type.kind)} of ${typeName(type.element)}`;
    case "bool":
      return "Boolean";
    default:
      return capital(type.kind);
  }
}

/** A type as signatures of functions name it: `list of string`. */
export const typeInSignature = (type: Type): string =>
  "element" in type ? `${type.kind} of ${typeInSignature(type.element)}` : type.kind;

/** The object whose attributes a page shows below: the type itself, or what a collection is made of. */
export function objectIn(type: Type): ObjectType | undefined {
  const inner = "element" in type ? type.element : type;
  return inner.kind === "object" ? inner : undefined;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
