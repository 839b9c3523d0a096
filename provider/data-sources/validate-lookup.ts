import { printNumber } from "../cty/number.ts";
import { attribute, isNull, type ObjectValue } from "../cty/value.ts";
import { checkTexts, keyFault, namespaceFault } from "../resources/fields.ts";
import { attributeError, type Diagnostic } from "../schema/diagnostic.ts";
import { isFalse, isTrue } from "./lookup.ts";

/** What is wrong with the configuration of a look-up, each with its attribute and the remedy. Pure. */
export function validateLookup(config: ObjectValue): Diagnostic[] {
  const faults = [...checkTexts(config, { namespace: namespaceFault, key: keyFault }), ...revisionFaults(config)];
  if (isTrue(config, "inherit") && !isNull(attribute(config, "revision")))
    faults.push(
      attributeError(
        "revision",
        "A revision is not inherited",
        `Each namespace counts the revisions of its own keys. Leave "inherit" out and name the namespace that has the key, or leave "revision" out.`,
      ),
    );
  if (config.entries.has("include_value") && isFalse(config, "include_value"))
    for (const name of ["default", "decode_value"])
      if (!isNull(attribute(config, name)))
        faults.push(
          attributeError(
            name,
            "There is no value",
            `"${name}" is about the value, and "include_value = false" reads none. Leave one of them out.`,
          ),
        );
  return faults;
}

/** As many digits as the service reads. */
const REVISION_MAX = 999_999_999_999_999;

function revisionFaults(config: ObjectValue): Diagnostic[] {
  const revision = attribute(config, "revision");
  if (revision.kind !== "number") return [];
  const number = Number(printNumber(revision.value));
  if (Number.isInteger(number) && number >= 1 && number <= REVISION_MAX) return [];
  return [attributeError("revision", "Invalid revision", "It is the number of a revision: 1, 2, 3 …")];
}
