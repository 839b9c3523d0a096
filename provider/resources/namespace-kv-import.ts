import { CtyError } from "../cty/error.ts";
import { valueFromJson } from "../cty/json.ts";
import { nullOf, str } from "../cty/make.ts";
import { DYNAMIC } from "../cty/type.ts";
import { isNull, type ObjectValue, type Value } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Session } from "../schema/provider.ts";
import { withNulls } from "../schema/schema.ts";
import type { Store } from "../store/store.ts";
import type { Entry } from "./entry-attributes.ts";
import { stateOf } from "./entry-state.ts";
import { placeOfId } from "./import-id.ts";
import { markedJson, survivingJson } from "./json-value.ts";
import { defaultTtlOf, hasOwnEnd } from "./namespace-default.ts";
import { NAMESPACE_KV } from "./namespace-kv-schema.ts";
import { nothingToImport } from "./refusals.ts";

/** The state of a key that exists. Of attributes that exclude each other it has one, so that the configuration that
 *  Terraform makes of it is right, and of those that need not be said it has what is not as it would be without them. */
export async function importKv(id: string, { client, signal }: Session<Store>): Promise<ObjectValue> {
  const at = placeOfId(id);
  const found = await client.readKey(at, "always", signal);
  if (found.state !== "live" || found.value === undefined)
    throw new DiagnosticError(nothingToImport(at, found.state === "expired" ? found.expiredAt : undefined));
  return importedState(found.entry, found.value, defaultTtlOf(client.api, at.namespace, signal));
}

export async function importedState(
  entry: Entry,
  value: string,
  hasDefault: () => Promise<boolean>,
): Promise<ObjectValue> {
  const hasEnd = entry.ttl === null && (await hasOwnEnd(entry, hasDefault));
  return withNulls(NAMESPACE_KV, {
    ...Object.fromEntries(stateOf(entry, nullOf(DYNAMIC)).entries),
    // Whoever marks a value as secret does not want it in a state, nor in a configuration that is made of one.
    ...(entry.secret ? {} : valueAttribute(value)),
    ...(entry.description === "" && unset("description")),
    ...(Object.keys(entry.labels).length === 0 && unset("labels")),
    ...(!entry.secret && unset("secret")),
    ...(!hasEnd && unset("expires_at")),
  });
}

/** The value as HCL has it; as JSON where that would change it, or would read as no value at all. */
function valueAttribute(json: string): Record<string, Value> {
  try {
    const value = valueFromJson(json);
    if (!isNull(value)) return { value };
  } catch (failure) {
    if (!(failure instanceof CtyError)) throw failure;
  }
  return { value_json: str(markedJson(survivingJson(json))) };
}

const unset = (name: "description" | "labels" | "secret" | "expires_at"): Record<string, Value> => ({
  [name]: nullOf(NAMESPACE_KV.attributes[name]?.type ?? DYNAMIC),
});
