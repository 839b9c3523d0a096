import { createRequire } from "node:module";
import { type KestraSdk, SdkRefusal } from "./kestra-sdks.ts";

type Callback = (error: { response?: { status: number; text: string } } | null, data: unknown) => void;
type SdkApi = Readonly<Record<string, (...words: unknown[]) => void>>;
interface SdkClient {
  basePath: string;
  authentications: { basicAuth: { username: string; password: string } };
}
type Published<T, Words extends unknown[]> = { readonly default: new (...words: Words) => T };

/**
 * The npm package as it is published, module by module: its `index.js` and `KestraClient.js` ask for five models that
 * the package does not contain, and so cannot be loaded.
 */
const published = createRequire(import.meta.url);
const folder = "@kestra-io/kestra-sdk/dist";
const { default: ApiClient } = published(`${folder}/ApiClient.js`) as Published<SdkClient, []>;
const { default: KVApi } = published(`${folder}/api/KVApi.js`) as Published<SdkApi, [SdkClient]>;
const { default: NamespacesApi } = published(`${folder}/api/NamespacesApi.js`) as Published<SdkApi, [SdkClient]>;

const TENANT = "main";

/** npm's `@kestra-io/kestra-sdk`. It has no list over all namespaces and none with inheritance. */
export function kestraJs(address: string): KestraSdk {
  const client = new ApiClient();
  client.basePath = address;
  Object.assign(client.authentications.basicAuth, { username: "any@body.example", password: "ignored" });
  const kv = callsOf(new KVApi(client));
  const namespaces = callsOf(new NamespacesApi(client));
  return {
    set: (namespace, key, body) => kv("setKeyValue", namespace, key, TENANT, body),
    get: (namespace, key) => kv("getKeyValue", namespace, key, TENANT),
    list: (namespace) => kv("listKeys", namespace, TENANT),
    delete: (namespace, key) => kv("deleteKeyValue", namespace, key, TENANT),
    deleteMany: (namespace, keys) => kv("deleteKeyValues", namespace, TENANT, { keys }),
    createNamespace: (namespace) => namespaces("createNamespace", TENANT, namespace),
    namespace: (id) => namespaces("getNamespace", id, TENANT),
    updateNamespace: (id, namespace) => namespaces("updateNamespace", id, TENANT, namespace),
    deleteNamespace: (id) => namespaces("deleteNamespace", id, TENANT),
    search: (q, page, size) => namespaces("searchNamespaces", page, size, TENANT, { q, sort: ["id:asc"] }),
    autocomplete: (q) => namespaces("autocompleteNamespaces", TENANT, { q }),
    close: () => undefined,
  };
}

/** Its methods take a callback last. */
const callsOf =
  (api: SdkApi) =>
  <T>(method: string, ...words: unknown[]): Promise<T> =>
    new Promise((resolve, reject) => {
      const settle: Callback = (error, data) => {
        if (!error) return resolve(data as T);
        const { response } = error;
        reject(response ? new SdkRefusal(response.status, response.text) : error);
      };
      const call = api[method];
      if (!call) return reject(new Error(`The SDK has no ${method}.`));
      call.call(api, ...words, settle);
    });
