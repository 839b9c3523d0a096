import { printDecimal, printString } from "./json-print.ts";
import type { Path, Step } from "./path.ts";
import { compareUtf8 } from "./text.ts";
import { Trail } from "./trail.ts";
import type { ObjectType, TupleType, Type } from "./type.ts";
import { printType } from "./type-notation.ts";
import { misfit, type ObjectValue, type TupleValue, typeOf, type Value } from "./value.ts";

/** Prints a value as the JSON of a Terraform state, by the type that the schema gives it: as `printJson` does, but a
 *  dynamic value becomes `{"value": …, "type": …}`. Throws a CtyError, whose path starts with `at`, also when the value
 *  does not fit the type. */
export function printStateJson(value: Value, type: Type, at: Path = []): string {
  return print(value, type, new Trail(at));
}

function print(value: Value, type: Type, trail: Trail): string {
  if (value.kind === "unknown") return trail.fail("a value that is not known yet has no place in a state");
  if (type.kind === "dynamic") return printDynamic(value, trail);
  if (value.kind === "null") return "null";
  if (value.kind === "string" && type.kind === "string") return printString(value, trail);
  if (value.kind === "number" && type.kind === "number") return printDecimal(value, trail);
  if (value.kind === "bool" && type.kind === "bool") return String(value.value);
  if (value.kind === "object" && type.kind === "object") return printObject(value, type, trail);
  if (value.kind === "map" && type.kind === "map") return printMap(value.entries, type.element, trail);
  if (value.kind === "tuple" && type.kind === "tuple") return printTuple(value, type, trail);
  if (value.kind === "list" && type.kind === "list") return printItems(value.items, type.element, trail);
  if (value.kind === "set" && type.kind === "set") return printItems(value.items, type.element, trail);
  return trail.fail(misfit(value, type));
}

function printDynamic(value: Value, trail: Trail): string {
  const type = typeOf(value);
  if (type.kind === "dynamic") return "null";
  return `{"value":${print(value, type, trail)},"type":${printType(type)}}`;
}

// Loops, because the frames of a callback at each of a thousand levels would take most of the stack.
function printItems(items: readonly Value[], element: Type, trail: Trail): string {
  const parts: string[] = [];
  for (const [index, item] of items.entries()) parts.push(printPart(item, element, { index }, trail));
  return `[${parts.join(",")}]`;
}

function printTuple({ items }: TupleValue, { elements }: TupleType, trail: Trail): string {
  if (items.length !== elements.length) trail.fail(`a tuple of length ${elements.length} is required`);
  const parts: string[] = [];
  for (const [index, type] of elements.entries()) parts.push(printPart(items[index], type, { index }, trail));
  return `[${parts.join(",")}]`;
}

function printMap(entries: ReadonlyMap<string, Value>, element: Type, trail: Trail): string {
  const members: string[] = [];
  for (const [key, value] of [...entries].sort(([a], [b]) => compareUtf8(a, b))) {
    members.push(`${JSON.stringify(key)}:${printPart(value, element, { key }, trail)}`);
  }
  return `{${members.join(",")}}`;
}

function printObject({ entries }: ObjectValue, { attributes }: ObjectType, trail: Trail): string {
  for (const attribute of entries.keys()) {
    if (!attributes.has(attribute)) trail.failAt({ attribute }, "there is no such attribute");
  }
  const members: string[] = [];
  for (const [attribute, type] of attributes) {
    members.push(`${JSON.stringify(attribute)}:${printPart(entries.get(attribute), type, { attribute }, trail)}`);
  }
  return `{${members.join(",")}}`;
}

function printPart(part: Value | undefined, type: Type, step: Step, trail: Trail): string {
  trail.enter(step);
  const printed = print(part ?? trail.fail("a value is missing"), type, trail);
  trail.leave();
  return printed;
}
