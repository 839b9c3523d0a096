/** What Kestra's SDKs can do with a service; each in its own way. A refusal rejects with `SdkRefusal`. */
export interface KestraSdk {
  set(namespace: string, key: string, body: string): Promise<unknown>;
  get(namespace: string, key: string): Promise<TypedValue>;
  /** The keys of a namespace: Python's SDK asks for those of all namespaces, with a filter. */
  list(namespace: string): Promise<readonly ListedKey[]>;
  delete(namespace: string, key: string): Promise<unknown>;
  deleteMany(namespace: string, keys: readonly string[]): Promise<{ readonly keys: readonly string[] }>;
  createNamespace(namespace: SdkNamespace): Promise<SdkNamespace>;
  namespace(id: string): Promise<SdkNamespace>;
  updateNamespace(id: string, namespace: SdkNamespace): Promise<SdkNamespace>;
  deleteNamespace(id: string): Promise<unknown>;
  search(q: string, page: number, size: number): Promise<{ results: readonly SdkNamespace[]; total: number }>;
  autocomplete(q: string): Promise<readonly string[]>;
  close(): void;
}

export interface TypedValue {
  readonly type: string;
  readonly value: unknown;
}

export interface ListedKey {
  readonly namespace?: string;
  readonly key: string;
  readonly revision?: number;
}

export interface SdkNamespace {
  readonly id: string;
  readonly deleted: boolean;
  readonly description?: string;
  readonly variables?: Readonly<Record<string, object>>;
}

export class SdkRefusal extends Error {
  readonly status: number;
  /** The answer's body. */
  readonly body: string;

  constructor(status: number, body: string) {
    super(`The service refused with ${status}: ${body}`);
    this.name = "SdkRefusal";
    this.status = status;
    this.body = body;
  }
}
