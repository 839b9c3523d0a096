import { CtyError } from "../cty/error.ts";
import { printJson } from "../cty/json-print.ts";
import { attribute, isKnown, isNull, isWhollyKnown, type ObjectValue, type Value } from "../cty/value.ts";
import { attributeError, type Diagnostic, error } from "../schema/diagnostic.ts";
import { maybeTextAt } from "./entry-state.ts";
import { checkTexts, descriptionFault, keyFault, labelsFaults, namespaceFault } from "./fields.ts";
import { misfitOfJson } from "./json-value.ts";
import { SOURCES, type Source } from "./namespace-kv-source.ts";
import { lifetimeFaults } from "./validate-lifetime.ts";
import { isValueType, misfitOf, VALUE_TYPES, type ValueType } from "./value-type.ts";

/** What is wrong with a configuration of a key, each with its attribute and the remedy. Pure. */
export function validateNamespaceKv(config: ObjectValue): Diagnostic[] {
  const checks = {
    namespace: namespaceFault,
    key: keyFault,
    type: typeFault,
    description: descriptionFault,
    deletion_policy: policyFault,
  };
  return [
    ...checkTexts(config, checks),
    ...sourceFaults(config),
    ...SOURCES.flatMap((source) => valueFaults(source, config)),
    ...lifetimeFaults(config),
    ...labelsFaults(config),
  ];
}

export const typeFault = (text: string): string | undefined =>
  isValueType(text)
    ? undefined
    : `The type is one of ${VALUE_TYPES.join(", ")}, in capitals. Leave it out for the value's own type.`;

export const policyFault = (text: string): string | undefined =>
  text === "delete" || text === "abandon"
    ? undefined
    : 'It is "delete", or "abandon", which leaves what is there when the resource is destroyed.';

/** At most one attribute gives the value; one that is not known yet may still turn out to be null. */
function sourceFaults(config: ObjectValue): Diagnostic[] {
  const says = (name: string) => !isNull(attribute(config, name));
  const [first, second] = SOURCES.filter((name) => says(name) && isKnown(attribute(config, name)));
  const faults: Diagnostic[] = [];
  if (first && second) {
    const rule = `A key has one value, and "${first}" and "${second}" both give one. Remove one of them.`;
    faults.push(attributeError(second, "More than one value", rule));
  }
  if (says("value_wo") && !says("value_wo_version"))
    faults.push(
      attributeError(
        "value_wo",
        "A version is required",
        'Nothing remembers a write-only value, so a number tells when it is another one. Set "value_wo_version = 1", and another number whenever the value shall be written again.',
      ),
    );
  if (says("value_wo_version") && !says("value_wo"))
    faults.push(
      attributeError(
        "value_wo_version",
        "There is no value to this version",
        'The version belongs to "value_wo". Set that, or remove the version.',
      ),
    );
  return faults;
}

function valueFaults(source: Source, config: ObjectValue): Diagnostic[] {
  const [value, type] = [attribute(config, source), maybeTextAt(config, "type")];
  if (isNull(value) || !isKnown(value)) return [];
  try {
    const needed = type !== undefined && isValueType(type) ? misfit(source, type, value) : undefined;
    const remedy = `Correct the value, or leave "type" out for the value's own type.`;
    if (needed !== undefined)
      return [attributeError(source, "The value does not fit its type", `A ${type} is ${needed}. ${remedy}`)];
    if (source === "value_json") misfit(source, "JSON", value);
    else if (isWhollyKnown(value)) printJson(value, [{ attribute: source }]);
    return [];
  } catch (failure) {
    if (!(failure instanceof CtyError)) throw failure;
    return [unstorable(source, failure)];
  }
}

const misfit = (source: Source, type: ValueType, value: Value): string | undefined =>
  source === "value_json" && value.kind === "string" ? misfitOfJson(type, value.value) : misfitOf(type, value);

/** What JSON cannot say: text that is not Unicode, an infinite number, more levels than the service takes; and what is
 *  no JSON where it should be. */
function unstorable(source: Source, { message, path }: CtyError): Diagnostic {
  if (source === "value_json")
    return error(
      "This is no JSON",
      `${message}. "value_json" is a JSON document, such as jsonencode() makes one.`,
      path,
    );
  return error("The value cannot be stored as JSON", `${message}. Correct this part of the value.`, path);
}
