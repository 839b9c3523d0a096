import type { EntryFields } from "../../api/client.ts";
import { sameValue } from "../cty/equal.ts";
import { attribute, isKnown, isNull, type ObjectValue } from "../cty/value.ts";
import { isTrue, VALUE_ATTRIBUTES } from "./entry-attributes.ts";
import { labelsAt, textAt } from "./entry-state.ts";
import { dropsLifetime, type KvNotes } from "./namespace-kv-notes.ts";
import { jsonOf, sourceIn } from "./namespace-kv-source.ts";

/** What a write says of a key: null clears, and what is left out stays as it is. */

/** All that a configuration says of a key. */
export function saidFields(planned: ObjectValue, config: ObjectValue): EntryFields {
  const says = (name: string) => !isNull(attribute(config, name));
  return {
    ...valueFields(planned, config),
    ...(says("expires_at") && { expiresAt: textAt(planned, "expires_at") }),
    ...(says("ttl") && { ttl: textAt(planned, "ttl") }),
    ...metadataFields(planned, says),
  };
}

/** What of it is another than before. */
export function changedFields(
  prior: ObjectValue,
  planned: ObjectValue,
  config: ObjectValue,
  notes: KvNotes,
): EntryFields {
  const changes = (name: string) => !sameValue(attribute(prior, name), attribute(planned, name));
  const value = VALUE_ATTRIBUTES.some(changes) ? valueFields(planned, config) : {};
  return {
    ...value,
    ...lifetimeFields(prior, planned, config, notes, value.value !== undefined),
    ...metadataFields(planned, changes),
  };
}

/** The type goes with the value: the service would guess it else. */
function valueFields(planned: ObjectValue, config: ObjectValue): Pick<EntryFields, "value" | "type"> {
  const [source, type] = [sourceIn(config), attribute(planned, "type")];
  return {
    ...(isKnown(type) && { type: textAt(planned, "type") }),
    ...(source && { value: jsonOf(source, planned, config) }),
  };
}

function lifetimeFields(
  prior: ObjectValue,
  planned: ObjectValue,
  config: ObjectValue,
  notes: KvNotes,
  writesValue: boolean,
): Pick<EntryFields, "ttl" | "expiresAt"> {
  const changes = (name: string) => !sameValue(attribute(prior, name), attribute(planned, name));
  if (!isNull(attribute(config, "expires_at")))
    return changes("expires_at") || changes("ttl") ? { expiresAt: textAt(planned, "expires_at") } : {};
  const ttl = attribute(planned, "ttl");
  if (isNull(ttl)) return changes("ttl") || dropsLifetime(prior, notes, config) ? { ttl: null } : {};
  // A new value starts the time again by itself; without one a time that is to start again is written again.
  const renewed = !writesValue && !isKnown(attribute(planned, "expires_at"));
  return isKnown(ttl) && (changes("ttl") || renewed) ? { ttl: textAt(planned, "ttl") } : {};
}

function metadataFields(planned: ObjectValue, includes: (name: string) => boolean): EntryFields {
  const [description, secret] = [attribute(planned, "description"), attribute(planned, "secret")];
  return {
    ...(includes("description") && { description: isNull(description) ? null : textAt(planned, "description") }),
    ...(includes("labels") && { labels: labelsAt(planned) }),
    ...(includes("secret") && { secret: isTrue(secret) }),
  };
}
