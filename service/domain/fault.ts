import type { Instant, LastChange, Place } from "./entry.ts";
import type { NamespaceName } from "./namespace.ts";

/** All that goes wrong on purpose. Anything else is a bug, and a 500. */
export type Fault =
  /** The request cannot be read at all. */
  | { readonly kind: "malformed"; readonly field: string; readonly reason: string }
  /** A field breaks a rule. */
  | { readonly kind: "invalid"; readonly field: string; readonly reason: string }
  /** The value is no JSON, or does not fit its type. `line` and `column` count from 1, columns in code points. */
  | { readonly kind: "invalid_value"; readonly reason: string; readonly line?: number; readonly column?: number }
  /** The caller went away, or its body ended early. */
  | { readonly kind: "upload_incomplete" }
  | { readonly kind: "upload_too_slow" }
  | { readonly kind: "too_large"; readonly bytesMax: number }
  /** The operator has set a bound on every value. */
  | { readonly kind: "value_too_large"; readonly bytesMax: number }
  | { readonly kind: "unsupported_media_type"; readonly accepts: readonly string[] }
  | { readonly kind: "not_found"; readonly reason: string }
  /** The key has expired: gone, and its reader may know since when. */
  | { readonly kind: "expired"; readonly at: Place; readonly expiredAt: Instant }
  /** `If-Match` names another revision than the current one, or there is none; `byDate`: a reader named a date instead. */
  | { readonly kind: "stale"; readonly at: Place; readonly current: LastChange | undefined; readonly byDate?: boolean }
  /** An old revision was asked for by its number, under a condition that does not hold for it. */
  | { readonly kind: "other_revision"; readonly reason: string }
  /** A create found the key. */
  | { readonly kind: "exists"; readonly at: Place; readonly current: LastChange }
  | { readonly kind: "idempotency_key_reused" }
  /** Somebody made this namespace by hand already. */
  | { readonly kind: "namespace_exists"; readonly namespace: NamespaceName }
  /** `keys` live ones are in the way of its deletion. */
  | { readonly kind: "namespace_not_empty"; readonly namespace: NamespaceName; readonly keys: number }
  /** `If-Match` names another revision of the namespace than the current one, or there is none. */
  | { readonly kind: "namespace_changed"; readonly namespace: NamespaceName }
  /** A part was asked for that holds no byte of the value. `size` is the whole, in bytes. */
  | { readonly kind: "range_not_satisfiable"; readonly size: number }
  /** Changes behind the place that a reader names are not kept any more; `unknown`: this log has never come so far. */
  | { readonly kind: "changes_gone"; readonly after: number; readonly why: "trimmed" | "unknown" }
  /** Of writes that were to happen all or none, these were refused, and nothing was written. */
  | { readonly kind: "batch_refused"; readonly refusals: readonly Refusal[] }
  /** Postgres or the object store does not answer; the same request may succeed later. */
  | { readonly kind: "unavailable"; readonly reason: string };

/** Which operation of a batch was refused, counted from 0, and why. `key` is undefined where it could not be read. */
export interface Refusal {
  readonly index: number;
  readonly key: string | undefined;
  readonly fault: Exclude<Fault, { kind: "batch_refused" | "expired" }>;
}

/** Carries a fault to whoever answers. */
export class Failure extends Error {
  /** All that the caller may read. */
  readonly fault: Fault;

  /** `cause` keeps the SQL, the bucket and the host for the operator's log, never for the caller. */
  constructor(fault: Fault, forTheLog?: { readonly cause: unknown }) {
    super("reason" in fault ? `${fault.kind}: ${fault.reason}` : fault.kind, forTheLog);
    this.name = "Failure";
    this.fault = fault;
  }
}
