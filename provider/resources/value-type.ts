import { sameValue } from "../cty/equal.ts";
import { CtyError } from "../cty/error.ts";
import { valueFromJson } from "../cty/json.ts";
import type { Path } from "../cty/path.ts";
import { typeOf, type Value } from "../cty/value.ts";
import { attributeError, type Diagnostic, DiagnosticError } from "../schema/diagnostic.ts";
import { nanosecondsOf, sameLength } from "./duration.ts";
import { instantKey, isDay, sameInstant } from "./instant.ts";

/** What a key's value is, and how Terraform's values and types answer to it. */
export const VALUE_TYPES = ["STRING", "NUMBER", "BOOLEAN", "DATETIME", "DATE", "DURATION", "JSON"] as const;
export type ValueType = (typeof VALUE_TYPES)[number];

export const isValueType = (text: string): text is ValueType => (VALUE_TYPES as readonly string[]).includes(text);

/** The type of a value whose configuration names none. Undefined while nobody can say: for a null, and for a value whose
 *  type is not known yet. */
export function impliedType(value: Value): ValueType | undefined {
  switch (typeOf(value).kind) {
    case "string":
      return "STRING";
    case "number":
      return "NUMBER";
    case "bool":
      return "BOOLEAN";
    case "dynamic":
      return undefined;
    default:
      return "JSON";
  }
}

/** What a value of the type must be, when the given one is not; undefined when it fits. */
export function misfitOf(type: ValueType, value: Value): string | undefined {
  if (type === "JSON") return undefined;
  if (type === "NUMBER") return value.kind === "number" ? undefined : "a number, without quotes";
  if (type === "BOOLEAN") return value.kind === "bool" ? undefined : "true or false, without quotes";
  if (type === "STRING") return value.kind === "string" ? undefined : "a string; tostring() and jsonencode() make one";
  const { is, form } = TEXTS[type];
  return value.kind === "string" && is(value.value) ? undefined : form;
}

const TEXTS = {
  DATE: { is: isDay, form: 'a day such as "2021-09-01"' },
  DATETIME: {
    is: (text: string) => instantKey(text) !== undefined,
    form: 'an instant with its offset from UTC, such as "2021-09-01T01:02:03Z"',
  },
  DURATION: {
    is: (text: string) => nanosecondsOf(text) !== undefined,
    form: 'an ISO 8601 duration of days, hours, minutes and seconds, such as "PT1H30M"',
  },
} as const;

/** Whether two values mean the same to a reader of the type: instants by time, durations by length, else as JSON. */
export function sameMeaning(type: string | undefined, a: Value, b: Value): boolean {
  if (a.kind === "string" && b.kind === "string") {
    if (type === "DATETIME") return sameInstant(a.value, b.value);
    if (type === "DURATION") return sameLength(a.value, b.value);
  }
  return sameValue(a, b);
}

/** The value that the service holds as JSON text, at a place of the configuration. Fails with a DiagnosticError, which says
 *  what `unholdable` makes of it, for one that Terraform would change. */
export function heldValue(json: string, at: Path, unholdable: (failure: CtyError) => Diagnostic): Value {
  try {
    return valueFromJson(json, at);
  } catch (failure) {
    throw failure instanceof CtyError ? new DiagnosticError(unholdable(failure)) : failure;
  }
}

/** The value of a key that is managed by `value`. */
export const valueFromService = (id: string, json: string): Value =>
  heldValue(json, [], ({ message }) =>
    attributeError(
      "value",
      "Terraform cannot hold the value of this key",
      `In the value of "${id}": ${message}. "value_json" takes every JSON document: use it in the place of "value", remove the key from the state with "terraform state rm", and import it.`,
    ),
  );
