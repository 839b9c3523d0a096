import { canonicalDecimal } from "./decimal-text.ts";
import { isInfinite, type Num, printNumber } from "./number.ts";
import type { Path, Step } from "./path.ts";
import { compareUtf8, hasLoneSurrogate } from "./text.ts";
import { Trail } from "./trail.ts";
import type { NumberValue, StringValue, Value } from "./value.ts";

/** Prints a value as the JSON document that the service stores: no white space, names in the order of their UTF-8 bytes,
 *  every number with all its digits, and an exponent only in the place of many zeros (`1e+400`). Types are not printed: a list, a set and a
 *  tuple are all arrays. Throws a CtyError, whose path starts with `at`, for what JSON cannot say: an unknown value,
 *  an infinity, text that is not Unicode. */
export function printJson(value: Value, at: Path = []): string {
  return print(value, new Trail(at));
}

function print(value: Value, trail: Trail): string {
  switch (value.kind) {
    case "string":
      return printString(value, trail);
    case "number":
      return printDecimal(value, trail);
    case "bool":
      return value.value ? "true" : "false";
    case "null":
      return "null";
    case "unknown":
      return trail.fail("a value that is not known yet has no JSON");
    case "list":
    case "set":
    case "tuple":
      return printItems(value.items, trail);
    case "map":
      return printEntries(value.entries, (key) => ({ key }), trail);
    case "object":
      return printEntries(value.entries, (attribute) => ({ attribute }), trail);
  }
}

// Loops, because the frames of a callback at each of a thousand levels would take most of the stack.
function printItems(items: readonly Value[], trail: Trail): string {
  const parts: string[] = [];
  for (const [index, item] of items.entries()) {
    trail.enter({ index });
    parts.push(print(item, trail));
    trail.leave();
  }
  return `[${parts.join(",")}]`;
}

function printEntries(entries: ReadonlyMap<string, Value>, stepTo: (name: string) => Step, trail: Trail): string {
  const members: string[] = [];
  for (const [name, value] of [...entries].sort(([a], [b]) => compareUtf8(a, b))) {
    trail.enter(stepTo(name));
    members.push(`${JSON.stringify(name)}:${print(value, trail)}`);
    trail.leave();
  }
  return `{${members.join(",")}}`;
}

/** Text as JSON. */
export function printString({ value, invalidUtf8 }: StringValue, trail: Trail): string {
  if (invalidUtf8 !== undefined) trail.fail("text that is not UTF-8 has no JSON");
  if (hasLoneSurrogate(value)) trail.fail("text with half of a surrogate pair");
  return JSON.stringify(value);
}

/** Zeros that are written out before an exponent takes their place: no integer of 128 bits has so many. */
const ZEROS_MAX = 40;

/** A number as JSON. Integers stay without an exponent, since many readers take a number that has one for a double. */
export function printDecimal({ value }: NumberValue, trail: Trail): string {
  if (isInfinite(value)) trail.fail("an infinite number has no JSON");
  return zerosOf(value) <= ZEROS_MAX ? printNumber(value) : canonicalDecimal(`${value.coefficient}e${value.exponent}`);
}

/** How many zeros the spelling without an exponent adds, at the end or after the point. */
function zerosOf({ coefficient, exponent }: Num): number {
  return exponent >= 0 ? exponent : -exponent - String(coefficient).replace("-", "").length;
}
