import { REVISIONS_KEPT_MAX } from "../../api/limits.ts";
import { printNumber } from "../cty/number.ts";
import { attribute, type ObjectValue } from "../cty/value.ts";
import { attributeError, type Diagnostic } from "../schema/diagnostic.ts";
import { checkTexts, descriptionFault, namespaceFault, ttlFault } from "./fields.ts";

/** What is wrong with a configuration of a namespace, each with its attribute and the remedy. Pure. */
export function validateNamespace(config: ObjectValue): Diagnostic[] {
  const checks = { name: namespaceFault, description: descriptionFault, default_ttl: ttlFault };
  return [...checkTexts(config, checks), ...revisionsFaults(config), ...allowedFaults(config)];
}

function revisionsFaults(config: ObjectValue): Diagnostic[] {
  const kept = attribute(config, "max_revisions");
  if (kept.kind !== "number") return [];
  const count = Number(printNumber(kept.value));
  if (Number.isInteger(count) && count >= 1 && count <= REVISIONS_KEPT_MAX) return [];
  const rule = `It is a whole number from 1 to ${REVISIONS_KEPT_MAX}.`;
  return [attributeError("max_revisions", "Invalid max_revisions", rule)];
}

function allowedFaults(config: ObjectValue): Diagnostic[] {
  const allowed = attribute(config, "allowed_namespaces");
  if (allowed.kind !== "set") return [];
  return allowed.items.flatMap((item) => {
    const fault = item.kind === "string" ? namespaceFault(item.value) : undefined;
    return fault === undefined ? [] : [attributeError("allowed_namespaces", "Invalid allowed_namespaces", fault)];
  });
}
