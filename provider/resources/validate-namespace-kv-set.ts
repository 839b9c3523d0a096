import { CtyError } from "../cty/error.ts";
import { printJson } from "../cty/json-print.ts";
import type { Path } from "../cty/path.ts";
import { attribute, isKnown, isNull, isWhollyKnown, type ObjectValue, type Value } from "../cty/value.ts";
import { attributeError, type Diagnostic, error } from "../schema/diagnostic.ts";
import { maybeTextAt } from "./entry-state.ts";
import { checkTexts, keyFault, namespaceFault, patternFault, prefixFault, ttlFault } from "./fields.ts";
import { membersIn, membersOf, typesOf } from "./set-members.ts";
import { policyFault, typeFault } from "./validate-namespace-kv.ts";
import { isValueType, misfitOf } from "./value-type.ts";

/** What is wrong with a configuration of many keys, each with its attribute and the remedy. Pure. */
export function validateNamespaceKvSet(config: ObjectValue): Diagnostic[] {
  const checks = { namespace: namespaceFault, prefix: prefixFault, ttl: ttlFault, deletion_policy: policyFault };
  return [...checkTexts(config, checks), ...ignoredFaults(config), ...typesFaults(config), ...valuesFaults(config)];
}

function ignoredFaults(config: ObjectValue): Diagnostic[] {
  const patterns = attribute(config, "ignore_keys");
  if (!("items" in patterns)) return [];
  return patterns.items.flatMap((pattern, index) => {
    const text = isNull(pattern) ? "" : pattern.kind === "string" ? pattern.value : undefined;
    const fault = text === undefined ? undefined : patternFault(text);
    const path = [{ attribute: "ignore_keys" }, { index }];
    return fault === undefined ? [] : [error("Invalid ignore_keys", fault, path)];
  });
}

function typesFaults(config: ObjectValue): Diagnostic[] {
  const values = attribute(config, "values");
  const members = membersIn(values);
  return firstFaults([...membersIn(attribute(config, "types"))], ([key, type]) => {
    const at = [{ attribute: "types" }, { key }];
    if (isKnown(values) && !members.has(key))
      return error("Invalid types", `${quoted(key)} is not in "values". Take it out, or give it a value.`, at);
    if (isNull(type)) return error("Invalid types", `The type of ${quoted(key)} is null. Take it out.`, at);
    const fault = type.kind === "string" ? typeFault(type.value) : undefined;
    return fault === undefined ? undefined : error("Invalid types", `Of ${quoted(key)}: ${fault}`, at);
  });
}

function valuesFaults(config: ObjectValue): Diagnostic[] {
  const values = attribute(config, "values");
  if (!isKnown(values)) return [];
  if (values.kind !== "object" && values.kind !== "map") return [VALUES_NEEDED];
  const start = maybeTextAt(config, "prefix") ?? "";
  const typeIn = typesOf(config);
  return firstFaults([...membersOf(config)], ([key, value]) => {
    const at = [{ attribute: "values" }, { key }];
    const fault = keyFault(key) ?? (key.startsWith(start) ? undefined : outside(start));
    if (fault !== undefined) return error("Invalid key", `${quoted(key)}: ${fault}`, at);
    return memberFault(key, value, typeIn(key, value), at);
  });
}

const VALUES_NEEDED = attributeError(
  "values",
  "Values by their keys are required",
  'Set "values" to an object or a map, such as { "flags/dark-mode" = true }; {} for none.',
);

const outside = (prefix: string): string =>
  `Every key begins with the prefix, ${quoted(prefix)}, and is written as a whole. Correct the key, or the prefix.`;

function memberFault(key: string, value: Value, type: string | undefined, at: Path): Diagnostic | undefined {
  if (!isKnown(value)) return undefined;
  if (type !== undefined && isValueType(type)) {
    const needed = misfitOf(type, value);
    const remedy = `Correct the value, or take ${quoted(key)} out of "types" for the value's own type.`;
    if (needed !== undefined)
      return error("A value does not fit its type", `${quoted(key)}: a ${type} is ${needed}. ${remedy}`, at);
  }
  return isWhollyKnown(value) ? jsonFault(value, at) : undefined;
}

/** What JSON cannot say: text that is not Unicode, an infinite number, more levels than the service takes. */
function jsonFault(value: Value, at: Path): Diagnostic | undefined {
  try {
    printJson(value, at);
    return undefined;
  } catch (failure) {
    if (!(failure instanceof CtyError)) throw failure;
    const detail = `${failure.message}. Correct this part of the value.`;
    return error("A value cannot be stored as JSON", detail, failure.path);
  }
}

/** Faults that are told of one attribute: what is wrong with ten thousand keys is wrong in one place. */
const FAULTS_TOLD_MAX = 10;

function firstFaults<Item>(items: readonly Item[], faultOf: (item: Item) => Diagnostic | undefined): Diagnostic[] {
  const faults: Diagnostic[] = [];
  for (const item of items) {
    const fault = faultOf(item);
    if (fault) faults.push(fault);
    if (faults.length === FAULTS_TOLD_MAX) break;
  }
  return faults;
}

const quoted = (key: string): string => JSON.stringify(key);
