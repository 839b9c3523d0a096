import { CtyError } from "../cty/error.ts";
import { printJson } from "../cty/json-print.ts";
import { attribute, isKnown, isNull, isWhollyKnown, type ObjectValue } from "../cty/value.ts";
import { attributeError, type Diagnostic, error } from "../schema/diagnostic.ts";
import { checkTexts, descriptionFault, keyFault, namespaceFault, ttlFault } from "./fields.ts";
import { isValueType, misfitOf, VALUE_TYPES } from "./value-type.ts";

/** What is wrong with a configuration of a key, each with its attribute and the remedy. Pure. */
export function validateNamespaceKv(config: ObjectValue): Diagnostic[] {
  const checks = {
    namespace: namespaceFault,
    key: keyFault,
    type: typeFault,
    ttl: ttlFault,
    description: descriptionFault,
  };
  return [...checkTexts(config, checks), ...valueFaults(config)];
}

export const typeFault = (text: string): string | undefined =>
  isValueType(text)
    ? undefined
    : `The type is one of ${VALUE_TYPES.join(", ")}, in capitals. Leave it out for the value's own type.`;

export const VALUE_NEEDED = attributeError(
  "value",
  "A value is required",
  'Set "value" to a string, number, bool, list or object. A null is the same as leaving it out.',
);

function valueFaults(config: ObjectValue): Diagnostic[] {
  const value = attribute(config, "value");
  if (isNull(value)) return [VALUE_NEEDED];
  if (!isKnown(value)) return [];
  const type = attribute(config, "type");
  if (type.kind === "string" && isValueType(type.value)) {
    const needed = misfitOf(type.value, value);
    const remedy = `Correct the value, or leave "type" out for the value's own type.`;
    if (needed !== undefined)
      return [attributeError("value", "The value does not fit its type", `A ${type.value} is ${needed}. ${remedy}`)];
  }
  return isWhollyKnown(value) ? jsonFaults(config) : [];
}

/** What JSON cannot say: text that is not Unicode, an infinite number, more levels than the service takes. */
function jsonFaults(config: ObjectValue): Diagnostic[] {
  try {
    printJson(attribute(config, "value"), [{ attribute: "value" }]);
    return [];
  } catch (failure) {
    if (!(failure instanceof CtyError)) throw failure;
    return [
      error("The value cannot be stored as JSON", `${failure.message}. Correct this part of the value.`, failure.path),
    ];
  }
}
