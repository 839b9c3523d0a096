/** The members that answers have, as a test finds them; which answer has which is what the test asserts. */
export interface Members {
  readonly namespace: string;
  readonly key: string;
  readonly type: string | null;
  readonly value: unknown;
  readonly revision: number;
  readonly etag: string;
  readonly ttl: string | null;
  readonly creationDate: string;
  readonly updateDate: string;
  readonly expirationDate: string;
  readonly expiredAt: string;
  readonly field: string;
  readonly detail: string;
  readonly message: string;
}

export interface Answer extends Omit<Response, "json"> {
  json<Body = Members>(): Promise<Body>;
}

/** Raw requests on one namespace of a running service, as any HTTP client would send them. */
export interface Kv {
  readonly address: string;
  /** Sends to a path below the tenant. */
  send(method: string, path: string, init?: RequestInit): Promise<Answer>;
  put(key: string, body: string | Uint8Array, query?: string, headers?: Record<string, string>): Promise<Answer>;
  get(key: string, query?: string, headers?: Record<string, string>): Promise<Answer>;
  patch(key: string, fields: object | string, headers?: Record<string, string>): Promise<Answer>;
  delete(key: string, headers?: Record<string, string>): Promise<Answer>;
}

export function kvAt(address: string, namespace: string, base = "/api/v1/main"): Kv {
  const send = (method: string, path: string, init: RequestInit = {}) =>
    fetch(`${address}${base}${path}`, { method, ...init }) as Promise<Answer>;
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
