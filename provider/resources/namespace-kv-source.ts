import { printJson } from "../cty/json-print.ts";
import { attribute, isNull, type ObjectValue } from "../cty/value.ts";
import { textAt } from "./entry-state.ts";
import { impliedTypeOfJson, unmarkedJson } from "./json-value.ts";
import { impliedType, type ValueType } from "./value-type.ts";

/** The attributes that can give a key its value; at most one of them does. */
export const SOURCES = ["value", "value_json", "value_wo"] as const;
export type Source = (typeof SOURCES)[number];

/** Which of them a configuration says; what is not known yet counts as said. Undefined: only metadata is managed. */
export const sourceIn = (config: ObjectValue): Source | undefined =>
  SOURCES.find((name) => !isNull(attribute(config, name)));

/** The type that the value has by itself. Undefined where nothing gives a value, or nobody can say yet. */
export function typeOfSource(config: ObjectValue): ValueType | undefined {
  const source = sourceIn(config);
  if (source === undefined) return undefined;
  const value = attribute(config, source);
  if (source !== "value_json") return impliedType(value);
  return value.kind === "string" ? impliedTypeOfJson(value.value) : undefined;
}

/** The value's JSON text. A write-only one is in the configuration and nowhere else. */
export function jsonOf(source: Source, planned: ObjectValue, config: ObjectValue): string {
  if (source === "value_json") return unmarkedJson(textAt(planned, source));
  return printJson(attribute(source === "value_wo" ? config : planned, source), [{ attribute: source }]);
}
