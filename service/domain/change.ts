import type { Door, Etag, Instant, Place } from "./entry.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";

/** Where a change stands in the order of all changes: 1, 2, 3 … with gaps. */
export type ChangeId = number;

/** One entry of the ordered log: that a key changed, by whom and to which revision. Never to which value. */
export interface Change extends Place {
  readonly id: ChangeId;
  readonly kind: "put" | "delete" | "expire";
  readonly revision: number;
  /** The revision's own tag. What a purge or the deletion of a namespace ended has one that no history knows. */
  readonly etag: Etag;
  readonly at: Instant;
  readonly by: string;
  readonly door: Door;
}

/** Which changes somebody wants to know of. */
export interface ChangeScope {
  readonly tenant: Tenant;
  /** Undefined: all of the tenant's. */
  readonly namespace: NamespaceName | undefined;
  /** Whether the namespaces below it are meant as well. */
  readonly children: boolean;
  /** What a key must begin with; "" for all. */
  readonly prefix: string;
}

/** Pure. The change log's SQL decides the same of the rows that it reads. */
export function isInScope(scope: ChangeScope, { tenant, namespace, key }: Place): boolean {
  if (tenant !== scope.tenant || !key.startsWith(scope.prefix)) return false;
  if (scope.namespace === undefined || namespace === scope.namespace) return true;
  return scope.children && namespace.startsWith(`${scope.namespace}.`);
}
