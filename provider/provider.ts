import { namespaceData } from "./data-sources/namespace.ts";
import { namespaceKvData } from "./data-sources/namespace-kv.ts";
import { namespaceKvsData } from "./data-sources/namespace-kvs.ts";
import { namespacesData } from "./data-sources/namespaces.ts";
import { namespaceKvEphemeral } from "./ephemeral/namespace-kv.ts";
import { explain } from "./explain.ts";
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
