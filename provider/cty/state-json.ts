import { printTree } from "./canonical-json.ts";
import { numberFrom, stringFrom } from "./json.ts";
import { type JsonArray, type JsonObject, type JsonTree, parseJsonTree } from "./json-tree.ts";
import { bool, list, map, nullOf, set, tuple } from "./make.ts";
import type { Path, Step } from "./path.ts";
import { nfc } from "./text.ts";
import { Trail } from "./trail.ts";
import type { CollectionType, ObjectType, TupleType, Type } from "./type.ts";
import { parseType } from "./type-notation.ts";
import type { Value } from "./value.ts";

/** Reads a value from the JSON of a Terraform state, by the type that the schema gave it. A dynamic one is
 *  `{"value": …, "type": …}`. As lenient as Terraform: a primitive may be spelled as another one (`"1"` for a number),
 *  an attribute that is absent is null. Throws a CtyError whose path starts with `at`. */
export function valueFromStateJson(text: string, type: Type, at: Path = []): Value {
  return valueFrom(parseJsonTree(text, at), type, new Trail(at));
}

function valueFrom(tree: JsonTree, type: Type, trail: Trail): Value {
  if (tree === null) return nullOf(type);
  switch (type.kind) {
    case "string":
    case "number":
    case "bool":
      return primitiveFrom(tree, type.kind, trail);
    case "list":
      return list(type.element, items(tree, type, trail));
    case "set":
      return set(type.element, items(tree, type, trail));
    case "tuple":
      return tupleFrom(tree, type, trail);
    case "map":
      return mapFrom(tree, type, trail);
    case "object":
      return attributesFrom(tree, type, trail);
    case "dynamic":
      return dynamicFrom(tree, trail);
  }
}

function primitiveFrom(tree: Exclude<JsonTree, null>, kind: "string" | "number" | "bool", trail: Trail): Value {
  const text = typeof tree === "object" ? (tree.kind === "number" ? tree.text : undefined) : String(tree);
  if (text === undefined) return trail.fail(`a ${kind} is required`);
  if (kind === "string") return stringFrom(text, trail);
  if (kind === "number") return numberFrom(text, trail);
  const meaning = typeof tree === "object" ? undefined : BOOLS.get(text);
  return bool(meaning ?? trail.fail("a bool is required"));
}

const BOOLS: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["1", true],
  ["false", false],
  ["0", false],
]);

function items(tree: JsonTree, { kind, element }: CollectionType, trail: Trail): readonly Value[] {
  return arrayOf(tree, kind, trail).items.map((item, index) => partFrom(item, element, { index }, trail));
}

function tupleFrom(tree: JsonTree, { elements }: TupleType, trail: Trail): Value {
  const array = arrayOf(tree, "tuple", trail);
  if (array.items.length !== elements.length) trail.fail(`a tuple of length ${elements.length} is required`);
  return tuple(elements.map((of, index) => partFrom(array.items[index] ?? null, of, { index }, trail)));
}

function mapFrom(tree: JsonTree, { element }: CollectionType, trail: Trail): Value {
  const entries = new Map<string, Value>();
  for (const [name, member] of objectOf(tree, "a map", trail).members) {
    const key = stringFrom(name, trail).value;
    entries.set(key, partFrom(member, element, { key }, trail));
  }
  return map(element, entries);
}

function attributesFrom(tree: JsonTree, { attributes }: ObjectType, trail: Trail): Value {
  const entries = new Map<string, Value>();
  for (const [attribute, of] of attributes) entries.set(attribute, nullOf(of));
  for (const [name, member] of objectOf(tree, "an object", trail).members) {
    const attribute = nfc(name);
    const of = attributes.get(attribute);
    if (of === undefined) return trail.failAt({ attribute }, "there is no such attribute");
    entries.set(attribute, partFrom(member, of, { attribute }, trail));
  }
  return { kind: "object", entries };
}

function dynamicFrom(tree: JsonTree, trail: Trail): Value {
  const members = new Map(objectOf(tree, "an object of value and type", trail).members);
  const value = members.get("value");
  const notation = members.get("type");
  if (value === undefined || notation === undefined || members.size !== 2) {
    return trail.fail("a dynamic value must be an object of value and type");
  }
  return valueFrom(value, parseType(printTree(notation), trail.path()), trail);
}

function partFrom(tree: JsonTree, type: Type, step: Step, trail: Trail): Value {
  trail.enter(step);
  const part = valueFrom(tree, type, trail);
  trail.leave();
  return part;
}

function arrayOf(tree: JsonTree, kind: string, trail: Trail): JsonArray {
  if (typeof tree === "object" && tree?.kind === "array") return tree;
  return trail.fail(`a ${kind} is required`);
}

function objectOf(tree: JsonTree, wanted: string, trail: Trail): JsonObject {
  if (typeof tree === "object" && tree?.kind === "object") return tree;
  return trail.fail(`${wanted} is required`);
}
