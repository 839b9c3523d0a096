import {
  DESCRIPTION_LENGTH_MAX,
  KEY_LENGTH_MAX,
  LABEL_NAME_LENGTH_MAX,
  LABEL_VALUE_LENGTH_MAX,
  LABELS_MAX,
  NAMESPACE_LENGTH_MAX,
  NAMESPACES_RESERVED,
  TTL_SECONDS_MAX,
} from "../../api/limits.ts";
import { attribute, type ObjectValue, type Value } from "../cty/value.ts";
import { attributeError, type Diagnostic, error } from "../schema/diagnostic.ts";
import { nanosecondsOf } from "./duration.ts";

/** The rules of an entry's fields, checked before anything is planned. Each check says what is wrong, or undefined. */
export type Check = (text: string) => string | undefined;

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;

export function namespaceFault(text: string): string | undefined {
  if (NAMESPACES_RESERVED.includes(text)) return `"${text}" is reserved: choose another name.`;
  if (text.length >= 1 && text.length <= NAMESPACE_LENGTH_MAX && text.split(".").every((part) => SEGMENT.test(part)))
    return undefined;
  return `A namespace is a dotted path such as "company.team" of at most ${NAMESPACE_LENGTH_MAX} characters; each part consists of letters, digits, "_" and "-", the first of them a letter or a digit.`;
}

export function keyFault(text: string): string | undefined {
  const length = codePoints(text);
  if (length < 1 || length > KEY_LENGTH_MAX) return `A key has 1 to ${KEY_LENGTH_MAX} code points, not ${length}.`;
  return unstorable("A key", text);
}

/** Of text that keys are to begin with. An empty one is what all begin with. */
export function prefixFault(text: string): string | undefined {
  const fault = text === "" ? undefined : keyFault(text);
  return fault && `Keys must be able to begin so. ${fault}`;
}

/** Of a pattern for keys (glob.ts). */
export const patternFault = (text: string): string | undefined =>
  text === ""
    ? 'A pattern has at least one character: it is a key, in which "*" and "?" may stand for others. Leave it out.'
    : undefined;

export function descriptionFault(text: string): string | undefined {
  const length = codePoints(text);
  if (length > DESCRIPTION_LENGTH_MAX)
    return `A description has at most ${DESCRIPTION_LENGTH_MAX} code points, not ${length}.`;
  return unstorable("A description", text);
}

const TTL_NANOS_MAX = BigInt(TTL_SECONDS_MAX) * 1_000_000_000n;
/** The service's clock counts microseconds. */
const TTL_NANOS_MIN = 1_000n;

export function ttlFault(text: string): string | undefined {
  const nanos = nanosecondsOf(text);
  if (nanos === undefined)
    return 'A TTL is an ISO 8601 duration of days, hours, minutes and seconds, such as "P1D", "PT1H30M" or "PT90S".';
  if (nanos < TTL_NANOS_MIN) return "A TTL must be longer than nothing; leave it out for a key that never expires.";
  if (nanos > TTL_NANOS_MAX) return "A TTL is at most 100 years (P36525D); leave it out for a key that never expires.";
  return undefined;
}

/** Applies the checks to those attributes that the configuration says and that are known. */
export function checkTexts(config: ObjectValue, checks: Readonly<Record<string, Check>>): Diagnostic[] {
  return Object.entries(checks).flatMap(([name, check]) => {
    const value = attribute(config, name);
    const fault = value.kind === "string" ? check(value.value) : undefined;
    return fault === undefined ? [] : [attributeError(name, `Invalid ${name}`, fault)];
  });
}

/** What is wrong with labels, each at its name. */
export function labelsFaults(config: ObjectValue): Diagnostic[] {
  const labels = attribute(config, "labels");
  if (labels.kind !== "map") return [];
  const { size } = labels.entries;
  const rule = `There are at most ${LABELS_MAX} labels, not ${size}.`;
  if (size > LABELS_MAX) return [attributeError("labels", "Too many labels", rule)];
  return [...labels.entries].flatMap(([key, value]) => {
    const fault = labelFault(key, value);
    return fault === undefined ? [] : [error("Invalid labels", fault, [{ attribute: "labels" }, { key }])];
  });
}

function labelFault(name: string, value: Value): string | undefined {
  if (name === "" || codePoints(name) > LABEL_NAME_LENGTH_MAX)
    return `A label's name has 1 to ${LABEL_NAME_LENGTH_MAX} code points, not ${codePoints(name)}.`;
  if (value.kind === "null") return 'A label has a text; "" is one. Leave out a label that shall not be there.';
  if (value.kind !== "string") return unstorable("A label's name", name);
  if (codePoints(value.value) > LABEL_VALUE_LENGTH_MAX)
    return `A label has at most ${LABEL_VALUE_LENGTH_MAX} code points, not ${codePoints(value.value)}.`;
  return unstorable("A label's name", name) ?? unstorable("A label", value.value);
}

function unstorable(what: string, text: string): string | undefined {
  if (text.includes("\0")) return `${what} must not contain the character U+0000.`;
  if (!text.isWellFormed()) return `${what} must not contain half of a surrogate pair.`;
  return undefined;
}

/** Length as people count it: a code point is one, however many bytes it takes. */
function codePoints(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
