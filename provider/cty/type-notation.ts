import { JSON_DEPTH_MAX } from "../../api/limits.ts";
import { CtyError } from "./error.ts";
import type { Path } from "./path.ts";
import { compareUtf8, hasLoneSurrogate } from "./text.ts";
import { BOOL, DYNAMIC, listType, mapType, NUMBER, objectType, STRING, setType, type Type, tupleType } from "./type.ts";

/** Prints a type as schemas and dynamic values carry it: `"string"`, `["list","string"]`,
 *  `["object",{"a":"bool"}]`, with a third member that names the optional attributes, `["tuple",["string"]]`. */
export function printType(type: Type): string {
  switch (type.kind) {
    case "list":
    case "set":
    case "map":
      return `["${type.kind}",${printType(type.element)}]`;
    case "tuple":
      return `["tuple",[${type.elements.map(printType).join(",")}]]`;
    case "object": {
      const members = [...type.attributes].map(([name, of]) => `${JSON.stringify(name)}:${printType(of)}`);
      const optional = type.optional.size === 0 ? "" : `,${JSON.stringify([...type.optional].sort(compareUtf8))}`;
      return `["object",{${members.join(",")}}${optional}]`;
    }
    default:
      return `"${type.kind}"`;
  }
}

/** Reads what `printType` or go-cty prints. Throws a CtyError at `at` for anything else. */
export function parseType(notation: string, at: Path = []): Type {
  // Every string and number inside a dynamic value comes along with one of these.
  const primitive = PRIMITIVES.get(notation);
  if (primitive !== undefined) return primitive;
  let json: unknown;
  try {
    json = JSON.parse(notation);
  } catch {
    throw new CtyError(at, "a type must be JSON");
  }
  return typeFrom(json, at, 0);
}

const PRIMITIVES: ReadonlyMap<unknown, Type> = new Map([
  ['"string"', STRING],
  ['"number"', NUMBER],
  ['"bool"', BOOL],
  ['"dynamic"', DYNAMIC],
]);

const COLLECTIONS: ReadonlyMap<unknown, (element: Type) => Type> = new Map([
  ["list", listType],
  ["set", setType],
  ["map", mapType],
]);

function typeFrom(json: unknown, at: Path, depth: number): Type {
  if (depth > JSON_DEPTH_MAX) throw new CtyError(at, `a type nested deeper than ${JSON_DEPTH_MAX} levels`);
  const primitive = typeof json === "string" ? PRIMITIVES.get(`"${json}"`) : undefined;
  if (primitive !== undefined) return primitive;
  if (!Array.isArray(json)) throw new CtyError(at, "a type must be a known name or an array");

  const [kind, of, optional]: readonly unknown[] = json;
  const collection = COLLECTIONS.get(kind);
  if (collection !== undefined && json.length === 2) return collection(typeFrom(of, at, depth + 1));
  if (kind === "tuple" && json.length === 2 && Array.isArray(of)) {
    return tupleType(of.map((element) => typeFrom(element, at, depth + 1)));
  }
  if (kind === "object" && json.length <= 3 && isRecord(of)) {
    const attributes = Object.entries(of).map(([name, type]) => {
      if (hasLoneSurrogate(name)) throw new CtyError(at, "an attribute's name has half of a surrogate pair");
      return [name, typeFrom(type, at, depth + 1)] as const;
    });
    return objectType(new Map(attributes), json.length === 3 ? names(optional, at) : []);
  }
  throw new CtyError(at, "a type must be a list, set, map, tuple or object of types");
}

function isRecord(json: unknown): json is Readonly<Record<string, unknown>> {
  return typeof json === "object" && json !== null && !Array.isArray(json);
}

function names(json: unknown, at: Path): readonly string[] {
  if (Array.isArray(json) && json.every((name) => typeof name === "string")) return json;
  throw new CtyError(at, "a type's optional attributes must be an array of names");
}
