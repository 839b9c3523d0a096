import { ForeignAnswerError, ProblemError, UnreachableError } from "../api/failures.ts";
import { namespaceData } from "./data-sources/namespace.ts";
import { namespaceKvData } from "./data-sources/namespace-kv.ts";
import { namespaceKvsData } from "./data-sources/namespace-kvs.ts";
import { namespacesData } from "./data-sources/namespaces.ts";
import { namespaceKvEphemeral } from "./ephemeral/namespace-kv.ts";
import { canonicalJsonFunction } from "./functions/canonical-json.ts";
import { durationIso } from "./functions/duration-iso.ts";
import { durationSeconds } from "./functions/duration-seconds.ts";
import { kvId } from "./functions/kv-id.ts";
import { parseId } from "./functions/parse-id.ts";
import { namespaceList } from "./list-resources/namespace.ts";
import { namespaceKvList } from "./list-resources/namespace-kv.ts";
import { namespace } from "./resources/namespace.ts";
import { namespaceKv } from "./resources/namespace-kv.ts";
import { namespaceKvSet } from "./resources/namespace-kv-set.ts";
import { UNREACHABLE } from "./resources/refusals.ts";
import { attributeError, type Diagnostic, error } from "./schema/diagnostic.ts";
import type { Provider } from "./schema/provider.ts";
import { apiFrom, checkSettings, type Environment, SETTINGS } from "./settings.ts";
import { gatheringStore } from "./store/gathering-store.ts";
import type { Store } from "./store/store.ts";

/** The provider `namespace`: its settings, its resources, and what it says of failures. */
export const namespaceProvider = (env: Environment): Provider<Store> => ({
  schema: SETTINGS,
  validate: checkSettings,
  configure: (config) => {
    const configured = apiFrom(config, env);
    return configured.kind === "ready" ? { kind: "ready", client: gatheringStore(configured.client) } : configured;
  },
  explain,
  resources: { namespace, namespace_kv: namespaceKv, namespace_kv_set: namespaceKvSet },
  dataSources: {
    namespace: namespaceData,
    namespace_kv: namespaceKvData,
    namespace_kvs: namespaceKvsData,
    namespaces: namespacesData,
  },
  ephemeralResources: { namespace_kv: namespaceKvEphemeral },
  listResources: { namespace: namespaceList, namespace_kv: namespaceKvList },
  functions: {
    canonical_json: canonicalJsonFunction,
    duration_iso: durationIso,
    duration_seconds: durationSeconds,
    kv_id: kvId,
    parse_id: parseId,
  },
});

/** Fields of a request and the attributes of resources and data sources that they come from. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["namespace", "key", "value", "type", "ttl", "description", "labels", "secret"].map((name) => [name, name]),
  ),
  expiresAt: "expires_at",
  allowedNamespaces: "allowed_namespaces",
  maxRevisions: "max_revisions",
  defaultTtl: "default_ttl",
};

/** Pure. Each failure's own message names the request's URL, what is wrong, and the remedy. */
function explain(failure: unknown): Diagnostic | undefined {
  if (failure instanceof UnreachableError) return error(UNREACHABLE, failure.message);
  if (failure instanceof ForeignAnswerError)
    return error("The answer does not come from a Namespace KV service", failure.message);
  if (!(failure instanceof ProblemError)) return undefined;
  const { title, field } = failure.problem;
  const attribute = field !== undefined && Object.hasOwn(ATTRIBUTES, field) ? ATTRIBUTES[field] : undefined;
  return attribute === undefined ? error(title, failure.message) : attributeError(attribute, title, failure.message);
}
