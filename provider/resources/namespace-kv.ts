import { randomUUID } from "node:crypto";
import type { EntryFields } from "../../api/client.ts";
import { UnreachableError } from "../../api/failures.ts";
import { sameValue } from "../cty/equal.ts";
import { printJson } from "../cty/json-print.ts";
import { nullOf, obj } from "../cty/make.ts";
import { STRING } from "../cty/type.ts";
import { attribute, isNull, type ObjectValue } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Resource } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { placeOf, stateOf, textAt } from "./entry-state.ts";
import { FROM_KESTRA } from "./from-kestra.ts";
import { KEY_IDENTITY } from "./identities.ts";
import { placeOfId } from "./import-id.ts";
import { NAMESPACE_KV } from "./namespace-kv-schema.ts";
import {
  changedOutside,
  existsAlready,
  expired,
  explained,
  explainedDelete,
  idOf,
  nothingToImport,
  perhapsCreated,
} from "./refusals.ts";
import { VALUE_NEEDED, validateNamespaceKv } from "./validate-namespace-kv.ts";
import { valueFromService } from "./value-type.ts";

/** A key, whose value, type and TTL Terraform owns; its description once it was set. */
export const namespaceKv: Resource<Store> = {
  schema: NAMESPACE_KV,
  identity: KEY_IDENTITY,
  moves: [FROM_KESTRA],
  validate: validateNamespaceKv,

  async create(planned, { client, writeSignal }) {
    const at = placeOf(planned);
    const said = ["ttl", "description"].filter((name) => !isNull(attribute(planned, name)));
    const fields = { ...valueFields(planned), ...textFields(planned, said) };
    const entry = await client.createKey(at, fields, randomUUID(), writeSignal).catch((failure) => {
      if (failure instanceof UnreachableError || writeSignal.aborted)
        throw new DiagnosticError(perhapsCreated(idOf(at), failure));
      throw explained(failure, { "already-exists": ({ current }) => existsAlready(at, current) });
    });
    return { state: stateOf(entry, attribute(planned, "value")) };
  },

  async read(state, { client, signal }) {
    const at = placeOf(state);
    const digest = attribute(state, "digest");
    const wanted = digest.kind === "string" ? { unlessDigest: digest.value } : "always";
    const found = await client.readKey(at, wanted, signal);
    if (found.state === "missing") return { state: undefined };
    if (found.state === "expired") return { state: undefined, diagnostics: [expired(at, found.expiredAt)] };
    const value = found.value === undefined ? attribute(state, "value") : valueFromService(idOf(at), found.value);
    const read = stateOf(found.entry, value);
    return { state: isNull(attribute(state, "description")) ? withoutDescription(read) : read };
  },

  async update(prior, planned, { client, writeSignal }) {
    const at = placeOf(prior);
    const changed = (name: string) => !sameValue(attribute(prior, name), attribute(planned, name));
    const fields = {
      ...(changed("value") || changed("type") ? valueFields(planned) : {}),
      ...textFields(planned, ["ttl", "description"].filter(changed)),
    };
    const etag = textAt(prior, "etag");
    const entry = await client.patchKey(at, fields, etag, randomUUID(), writeSignal).catch((failure) => {
      throw explained(failure, {
        stale: ({ current }) => changedOutside(at, current),
        "not-found": () => changedOutside(at, undefined),
      });
    });
    return { state: stateOf(entry, attribute(planned, "value")) };
  },

  async delete(prior, { client, writeSignal }) {
    const at = placeOf(prior);
    await client.deleteKey(at, textAt(prior, "etag"), randomUUID(), writeSignal).catch((failure) => {
      const wrong = explainedDelete(at, failure);
      if (wrong !== undefined) throw wrong;
    });
  },

  async import(id, { client, signal }) {
    const at = placeOfId(id);
    const found = await client.readKey(at, "always", signal);
    if (found.state === "live" && found.value !== undefined)
      return stateOf(found.entry, valueFromService(idOf(at), found.value));
    throw new DiagnosticError(nothingToImport(at, found.state === "expired" ? found.expiredAt : undefined));
  },
};

/** The type goes with the value: the service would guess it else. */
function valueFields(planned: ObjectValue): { value: string; type: string } {
  const value = attribute(planned, "value");
  if (isNull(value)) throw new DiagnosticError(VALUE_NEEDED);
  return { value: printJson(value, [{ attribute: "value" }]), type: textAt(planned, "type") };
}

/** Null clears. */
function textFields(planned: ObjectValue, names: readonly string[]): Pick<EntryFields, "ttl" | "description"> {
  return Object.fromEntries(
    names.map((name) => [name, isNull(attribute(planned, name)) ? null : textAt(planned, name)]),
  );
}

const withoutDescription = ({ entries }: ObjectValue): ObjectValue =>
  obj(new Map([...entries, ["description", nullOf(STRING)]]));
