import { type KeyPlace, readKey, type Which } from "../../api/client.ts";
import { describeKey } from "../../api/describe.ts";
import { printJson } from "../cty/json-print.ts";
import { bool, nullOf, str } from "../cty/make.ts";
import { printNumber } from "../cty/number.ts";
import { DYNAMIC } from "../cty/type.ts";
import { attribute, isNull, type ObjectValue, type Value } from "../cty/value.ts";
import { textOrNull } from "../resources/entry-attributes.ts";
import { placeOf, toldOf, withValues } from "../resources/entry-state.ts";
import { survivingJson } from "../resources/json-value.ts";
import { idOf } from "../resources/refusals.ts";
import { heldValue } from "../resources/value-type.ts";
import { attributeError, DiagnosticError } from "../schema/diagnostic.ts";
import type { Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { nothingToRead } from "./absent.ts";

/** Looks a key up as the configuration wants it. One that is missing or has expired is an error, unless the configuration
 *  says what to take for it: what depends on it could not work. */
export async function lookUp(config: ObjectValue, { client, signal }: Session<Store>): Promise<ObjectValue> {
  const [at, which] = [placeOf(config), whichOf(config)];
  const found = wantsValue(config)
    ? await readKey(client.api, at, signal, which)
    : await describeKey(client.api, at, which, signal);
  if (found.state === "live") {
    return withValues(config, {
      ...toldOf(found.entry),
      found_in: str(found.entry.namespace),
      ...valuesOf(config, at, found.value),
      exists: bool(true),
      expired: bool(false),
    });
  }
  const expiredAt = found.state === "expired" ? found.expiredAt : undefined;
  const substitute = attribute(config, "default");
  if (isNull(substitute) && !isFalse(config, "error_on_missing"))
    throw new DiagnosticError(nothingToRead(at, which, expiredAt));
  return withValues(config, {
    ...(isNull(substitute) ? {} : substituted(config, substitute)),
    exists: bool(false),
    expired: bool(expiredAt !== undefined),
    expires_at: textOrNull(expiredAt ?? null),
  });
}

function valuesOf(config: ObjectValue, at: KeyPlace, json: string | undefined): Record<string, Value> {
  if (json === undefined) return {};
  return {
    value_json: str(survivingJson(json)),
    value: isFalse(config, "decode_value") ? nullOf(DYNAMIC) : decoded(at, json),
  };
}

function substituted(config: ObjectValue, substitute: Value): Record<string, Value> {
  const value_json = str(printJson(substitute, [{ attribute: "default" }]));
  return { value_json, value: isFalse(config, "decode_value") ? nullOf(DYNAMIC) : substitute };
}

const decoded = (at: KeyPlace, json: string): Value =>
  heldValue(json, [], ({ message }) =>
    attributeError(
      "value",
      "Terraform cannot hold the value of this key",
      `In the value of "${idOf(at)}": ${message}. Set "decode_value = false" and take the text of "value_json", which is exact.`,
    ),
  );

function whichOf(config: ObjectValue): Which {
  const revision = attribute(config, "revision");
  if (revision.kind === "number") return { revision: Number(printNumber(revision.value)) };
  return { inherit: isTrue(config, "inherit") };
}

/** An ephemeral resource has no such attribute: without the value it would be of no use. */
const wantsValue = (config: ObjectValue): boolean =>
  !config.entries.has("include_value") || !isFalse(config, "include_value");

export const isTrue = (config: ObjectValue, name: string): boolean => is(config, name, true);
export const isFalse = (config: ObjectValue, name: string): boolean => is(config, name, false);

function is(config: ObjectValue, name: string, wanted: boolean): boolean {
  const value = attribute(config, name);
  return value.kind === "bool" && value.value === wanted;
}
