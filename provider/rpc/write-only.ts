import { attribute, isNull, type ObjectValue } from "../cty/value.ts";
import { attributeError, type Diagnostic } from "../schema/diagnostic.ts";
import type { Schema } from "../schema/schema.ts";

/** What to say to a caller that does not know write-only attributes: it would keep them in its plan and its state. */
export function writeOnlyFaults({ attributes }: Schema, config: ObjectValue): Diagnostic[] {
  const said = Object.entries(attributes).filter(
    ([name, { writeOnly }]) => writeOnly && !isNull(attribute(config, name)),
  );
  return said.map(([name]) =>
    attributeError(
      name,
      "Write-only attributes are not supported here",
      `"${name}" is never to be stored, and this version of Terraform would store it. Write-only attributes need Terraform 1.11 or OpenTofu 1.11: upgrade, or use the attribute for values that may be in the state.`,
    ),
  );
}
