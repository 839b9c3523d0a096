import { randomUUID } from "node:crypto";
import { nullOf } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute, isNull, type ObjectValue } from "../cty/value.ts";
import type { Drafted, Notes, Refined, Resource } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { isTrue } from "./entry-attributes.ts";
import { etagOf, maybeTextAt, placeOf, textAt, withValues } from "./entry-state.ts";
import { FROM_KESTRA } from "./from-kestra.ts";
import { KEY_IDENTITY } from "./identities.ts";
import { createKv } from "./namespace-kv-create.ts";
import { importKv } from "./namespace-kv-import.ts";
import { dropsLifetime, notesOf, notesOfImport } from "./namespace-kv-notes.ts";
import { readKv } from "./namespace-kv-read.ts";
import { NAMESPACE_KV } from "./namespace-kv-schema.ts";
import { updateKv } from "./namespace-kv-update.ts";
import { expiredIsError, explainedDelete } from "./refusals.ts";
import { validateNamespaceKv } from "./validate-namespace-kv.ts";

/** A key. Its value, type and end are Terraform's; description, labels and mark as a secret once they were set. */
export const namespaceKv: Resource<Store> = {
  schema: NAMESPACE_KV,
  identity: KEY_IDENTITY,
  moves: [FROM_KESTRA],
  validate: validateNamespaceKv,
  due,
  refine,
  create: createKv,
  read: readKv,
  update: updateKv,

  async delete(prior, { client, writeSignal }, notes) {
    const policy = maybeTextAt(prior, "deletion_policy") ?? (notesOf(notes).metadataOnly ? "abandon" : "delete");
    if (policy === "abandon") return;
    const at = placeOf(prior);
    await client.deleteKey(at, etagOf(prior), randomUUID(), writeSignal).catch((failure) => {
      const wrong = explainedDelete(at, failure);
      if (wrong !== undefined) throw wrong;
    });
  },

  import: importKv,
  notesOfImport,
};

/** What is to be written though nobody has changed it: a TTL that runs out, one that is not wanted any more, and a key
 *  that has expired and shall be there. */
function due(prior: ObjectValue, noted: Notes, config: ObjectValue): readonly string[] {
  const notes = notesOf(noted);
  const renews = notes.due && !isNull(attribute(config, "renew_before"));
  const revives = isTrue(attribute(prior, "expired")) && onExpire(config) === "recreate";
  return [...(renews || dropsLifetime(prior, notes, config) ? ["ttl"] : []), ...(revives ? ["value"] : [])];
}

function refine({ prior, planned, config, notes }: Drafted): Refined {
  if (!prior) return {};
  if (isTrue(attribute(prior, "expired")) && onExpire(config) === "error")
    return { diagnostics: [expiredIsError(placeOf(prior), textAt(prior, "expires_at"))] };
  // Where only metadata is managed, the rules leave a TTL alone that nobody writes.
  if (dropsLifetime(prior, notesOf(notes), config)) return { planned: withValues(planned, { ttl: nullOf(STRING) }) };
  return {};
}

const onExpire = (config: ObjectValue): string => maybeTextAt(config, "on_expire") ?? "recreate";
