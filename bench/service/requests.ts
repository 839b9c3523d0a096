/** Requests as bytes for HTTP/1.1, of the service and of etcd's JSON gateway. */

const NAMESPACE = "bench";
/** As many as stay in the service's cache. */
export const KEYS = 2_000;
export const BATCH_KEYS = 1_000;
export const LISTED_KEYS = 1_000;
export const LISTED_NAMESPACE = "bench.listed";
/** A JSON string of 100 bytes. */
export const VALUE = JSON.stringify("v".repeat(98));

export const keyOf = (number: number): string => `key-${String(number).padStart(5, "0")}`;
const KEY_NAMES = Array.from({ length: KEYS }, (_, number) => keyOf(number));
const BATCH_NAMES = KEY_NAMES.slice(0, BATCH_KEYS);

function request(method: string, path: string, body = ""): string {
  const headers = ["Host: 127.0.0.1", "Content-Type: application/json", `Content-Length: ${Buffer.byteLength(body)}`];
  return [`${method} ${path} HTTP/1.1`, ...(body ? headers : headers.slice(0, 1)), "", body].join("\r\n");
}

const pathOf = (namespace: string, rest: string) => `/api/v1/main/namespaces/${namespace}/${rest}`;
const batchOf = (namespace: string, keys: readonly string[]) =>
  request(
    "POST",
    pathOf(namespace, "kv:batch"),
    JSON.stringify({ operations: keys.map((key) => ({ op: "put", key, value: JSON.parse(VALUE) })) }),
  );

export const ofService = {
  gets: KEY_NAMES.map((key) => request("GET", pathOf(NAMESPACE, `kv/${key}`))),
  puts: KEY_NAMES.map((key) => request("PUT", pathOf(NAMESPACE, `kv/${key}`), VALUE)),
  batches: [batchOf(NAMESPACE, BATCH_NAMES)],
  /** Writes what is read. */
  filling: [batchOf(NAMESPACE, KEY_NAMES), batchOf(LISTED_NAMESPACE, KEY_NAMES.slice(0, LISTED_KEYS))],
  lists: [request("GET", pathOf(LISTED_NAMESPACE, "kv"))],
} as const;

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const etcdPut = (key: string) => ({ key: base64(key), value: base64(VALUE) });
const etcdBatch = (keys: readonly string[]) =>
  request("POST", "/v3/kv/txn", JSON.stringify({ success: keys.map((key) => ({ requestPut: etcdPut(key) })) }));

export const ofEtcd = {
  gets: KEY_NAMES.map((key) => request("POST", "/v3/kv/range", JSON.stringify({ key: base64(key) }))),
  puts: KEY_NAMES.map((key) => request("POST", "/v3/kv/put", JSON.stringify(etcdPut(key)))),
  batches: [etcdBatch(BATCH_NAMES)],
  filling: [etcdBatch(BATCH_NAMES), etcdBatch(KEY_NAMES.slice(BATCH_KEYS))],
  // Of 2,000 keys the first 1,000, without their values, as our list has none.
  lists: [
    request(
      "POST",
      "/v3/kv/range",
      JSON.stringify({ key: base64("key-"), range_end: base64("key."), limit: LISTED_KEYS, keys_only: true }),
    ),
  ],
} as const;
