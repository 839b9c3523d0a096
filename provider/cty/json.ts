import { type JsonObject, type JsonTree, parseJsonTree } from "./json-tree.ts";
import { nullOf, str, tuple } from "./make.ts";
import { NUMBER_REFUSAL, parseNumber } from "./number.ts";
import type { Path } from "./path.ts";
import { hasLoneSurrogate, nfc } from "./text.ts";
import { Trail } from "./trail.ts";
import { DYNAMIC } from "./type.ts";
import type { NumberValue, ObjectValue, StringValue, Value } from "./value.ts";

/** Reads a JSON document as the value that HCL would make of it: objects, tuples, strings, exact numbers, bools, and
 *  nulls of no type. Throws a CtyError, whose path starts with `at`, for what Terraform cannot hold without loss: a name
 *  that comes twice (also when only Unicode's normal form makes it the same), half of a surrogate pair, a number beyond
 *  the bounds of `parseNumber`, more than 1,000 levels. Such a document is still exact as text. */
export function valueFromJson(text: string, at: Path = []): Value {
  return valueFrom(parseJsonTree(text, at), new Trail(at));
}

function valueFrom(tree: JsonTree, trail: Trail): Value {
  if (tree === null) return nullOf(DYNAMIC);
  if (typeof tree === "boolean") return { kind: "bool", value: tree };
  if (typeof tree === "string") return stringFrom(tree, trail);
  if (tree.kind === "number") return numberFrom(tree.text, trail);
  if (tree.kind === "object") return objectFrom(tree, trail);
  const items: Value[] = [];
  for (const [index, item] of tree.items.entries()) {
    trail.enter({ index });
    items.push(valueFrom(item, trail));
    trail.leave();
  }
  return tuple(items);
}

function objectFrom({ members }: JsonObject, trail: Trail): ObjectValue {
  const entries = new Map<string, Value>();
  for (const [spelled, member] of members) {
    const name = nfc(spelled);
    trail.enter({ attribute: name });
    if (hasLoneSurrogate(name)) trail.fail(HALF_PAIR);
    if (entries.has(name)) trail.fail("this name comes twice in its object");
    entries.set(name, valueFrom(member, trail));
    trail.leave();
  }
  return { kind: "object", entries };
}

const HALF_PAIR = "text with half of a surrogate pair, which Terraform cannot hold";

/** Text of a JSON document, as cty keeps it. */
export function stringFrom(text: string, trail: Trail): StringValue {
  if (hasLoneSurrogate(text)) trail.fail(HALF_PAIR);
  return str(text);
}

/** A number of a JSON document, exactly. */
export function numberFrom(text: string, trail: Trail): NumberValue {
  return { kind: "number", value: parseNumber(text) ?? trail.fail(NUMBER_REFUSAL) };
}
