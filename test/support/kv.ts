/** Raw requests on one namespace of a running service, as any HTTP client would send them. */
export interface Kv {
  readonly address: string;
  /** Sends to a path below the tenant. */
  send(method: string, path: string, init?: RequestInit): Promise<Response>;
  put(key: string, body: string | Uint8Array, query?: string, headers?: Record<string, string>): Promise<Response>;
  get(key: string, query?: string, headers?: Record<string, string>): Promise<Response>;
  patch(key: string, fields: object | string, headers?: Record<string, string>): Promise<Response>;
  delete(key: string, headers?: Record<string, string>): Promise<Response>;
}

export function kvAt(address: string, namespace: string, base = "/api/v1/main"): Kv {
  const send = (method: string, path: string, init: RequestInit = {}) =>
    fetch(`${address}${base}${path}`, { method, ...init });
  const at = (key: string, query = "") => `/namespaces/${namespace}/kv/${encodeURIComponent(key)}${query}`;
  return {
    address,
    send,
    put: (key, body, query, headers = {}) =>
      send("PUT", at(key, query), {
        body: body as Uint8Array<ArrayBuffer>,
        headers: { "Content-Type": "application/json", ...headers },
      }),
    get: (key, query, headers = {}) => send("GET", at(key, query), { headers }),
    patch: (key, fields, headers = {}) =>
      send("PATCH", at(key), {
        body: typeof fields === "string" ? fields : JSON.stringify(fields),
        headers: { "Content-Type": "application/merge-patch+json", ...headers },
      }),
    delete: (key, headers = {}) => send("DELETE", at(key), { headers }),
  };
}

/** Namespaces keep tests in one service apart. */
let namespaces = 0;
export const freshNamespace = (): string => `test.n${process.pid}.n${++namespaces}`;

/** The text behind `"value":` in an answer, digits and spaces as they are. */
export const rawValueOf = (body: string): string => body.slice(body.indexOf('"value":') + '"value":'.length, -1);
