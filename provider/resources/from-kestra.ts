import { CtyError } from "../cty/error.ts";
import { valueFromJson } from "../cty/json.ts";
import { str } from "../cty/make.ts";
import type { Value } from "../cty/value.ts";
import { DiagnosticError, error } from "../schema/diagnostic.ts";
import type { Move } from "../schema/move.ts";
import { withNulls } from "../schema/schema.ts";
import type { Stored } from "../schema/upgrade.ts";
import { keyFault, namespaceFault } from "./fields.ts";
import { NAMESPACE_KV } from "./namespace-kv-schema.ts";
import { isValueType } from "./value-type.ts";

/** A `kestra_kv` keeps namespace, key, description and the value as text. It knows no revision, so the first read fetches
 *  all that is there, and what stands here until then only shows where the value has changed. */
export const FROM_KESTRA: Move = {
  provider: "kestra-io/kestra",
  type: "kestra_kv",
  version: 0,
  stateFrom(stored) {
    const [namespace, key] = [textAt(stored, "namespace"), textAt(stored, "key")];
    const type = textAt(stored, "type");
    const fault = namespaceFault(namespace) ?? keyFault(key);
    if (fault !== undefined) throw new DiagnosticError(unusable(fault));
    const said: Record<string, Value> = { namespace: str(namespace), key: str(key), id: str(`${namespace}/${key}`) };
    if (isValueType(type)) said["type"] = str(type);
    Object.assign(said, valueFrom(type, textAt(stored, "value")));
    // Kestra's provider writes an empty one for none.
    if (textAt(stored, "description") !== "") said["description"] = str(textAt(stored, "description"));
    return withNulls(NAMESPACE_KV, said);
  },
};

/** Numbers, bools and JSON stand there as JSON text, all else as it is. */
function valueFrom(type: string, text: string): Record<string, Value> {
  if (type !== "NUMBER" && type !== "BOOLEAN" && type !== "JSON") return { value: str(text) };
  try {
    return { value: valueFromJson(text) };
  } catch (failure) {
    if (!(failure instanceof CtyError)) throw failure;
    return { value_json: str(text) };
  }
}

/** "" for what is not there. */
function textAt(stored: Stored, name: string): string {
  const value = stored.get(name);
  return typeof value === "string" ? value : "";
}

const unusable = (fault: string) =>
  error(
    "This kestra_kv cannot be moved",
    `Its namespace or key is not as a namespace_kv has it. ${fault} Remove it from the state with a removed block with "destroy = false".`,
  );
