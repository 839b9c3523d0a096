import { ALLOWED_NAMESPACES_MAX, REVISIONS_KEPT_MAX } from "../../api/limits.ts";
import type { Door, DurationText, Etag, Instant, Labels } from "./entry.ts";
import { Failure } from "./fault.ts";
import { type NamespaceName, parseNamespace, type Tenant } from "./namespace.ts";

/** What somebody says about a namespace. It holds for the namespace alone, not for those below it. */
export interface NamespaceSettings {
  readonly description: string | undefined;
  readonly labels: Labels;
  /** Namespaces whose flows may read this one; undefined where nobody has said. */
  readonly allowedNamespaces: readonly NamespaceName[] | undefined;
  /** Revisions kept of each key, from its next write on; undefined: REVISIONS_KEPT_DEFAULT. */
  readonly maxRevisions: number | undefined;
  /** What a PUT takes that names no lifetime. */
  readonly defaultTtl: DurationText | undefined;
  /** Fields that only Kestra knows: the text of one JSON object, every digit as it was sent. */
  readonly extra: string;
}

/** A namespace that has a row: somebody made it by hand, or the first write of a key did. */
export interface Namespace extends NamespaceSettings {
  readonly name: NamespaceName;
  /** False until somebody says something about it. */
  readonly declared: boolean;
  readonly revision: number;
  readonly etag: Etag;
  readonly createdAt: Instant;
  readonly createdBy: string;
  readonly updatedAt: Instant;
  readonly updatedBy: string;
}

/** One line of a tree or a search. Of what only Kestra knows it has nothing: such fields can be large. */
export type ListedNamespace =
  | { readonly kind: "row"; readonly namespace: Omit<Namespace, "extra"> }
  /** It is there because another lies below it. */
  | { readonly kind: "parent"; readonly name: NamespaceName };

export const nameOf = (listed: ListedNamespace): NamespaceName =>
  listed.kind === "row" ? listed.namespace.name : listed.name;

export interface NamespaceQuery {
  readonly tenant: Tenant;
  /** This one and all below it. */
  readonly under: NamespaceName | undefined;
  /** Text that the name contains, whatever its case. */
  readonly contains: string | undefined;
  /** Only those that have a row. */
  readonly rowsOnly: boolean;
  readonly descending: boolean;
  readonly offset: number;
  readonly limit: number;
}

export interface NamespacePage {
  readonly namespaces: readonly ListedNamespace[];
  /** Of all pages. */
  readonly total: number;
}

/** What must be true of a namespace at the instant of a change. */
export type NamespaceCondition =
  | { readonly kind: "always" }
  /** Nobody has made it by hand; that a key's write has is no conflict. */
  | { readonly kind: "undeclared" }
  | { readonly kind: "present" }
  | { readonly kind: "etag"; readonly etag: Etag };

/** By what a repeat of a change is known, and what it must ask again to be one. */
export interface Repeatable {
  readonly idempotencyKey: string;
  /** SHA-256 of what is asked, in hex. */
  readonly request: string;
}

/** What an earlier change with the same idempotency key was answered: a repeat's answer, or another request's. */
export type EarlierAnswer = { readonly kind: "repeated"; readonly namespace: Namespace } | { readonly kind: "reused" };

export type NamespaceVerdict =
  | { readonly kind: "written"; readonly namespace: Namespace }
  | EarlierAnswer
  /** `only` was not met. */
  | { readonly kind: "unmet" };

export interface NamespaceWrite {
  readonly tenant: Tenant;
  readonly name: NamespaceName;
  readonly only: NamespaceCondition;
  readonly settings: NamespaceSettings;
  /** The new revision's ETag, made by the caller, so that a repeated statement recognises its own work. */
  readonly etag: Etag;
  readonly by: string;
  readonly repeatable: Repeatable | undefined;
}

export interface NamespaceRemoval {
  readonly tenant: Tenant;
  readonly name: NamespaceName;
  readonly only: Exclude<NamespaceCondition, { kind: "undeclared" }>;
  /** Whether live keys go with it. */
  readonly force: boolean;
  readonly by: string;
  readonly door: Door;
  readonly repeatable?: Repeatable | undefined;
}

/** `more`: some keys went and others are left. `overtaken`: other writers were faster, and nothing happened. */
export type RemovalStep =
  | { readonly kind: "removed" | "more" | "overtaken" | "absent" | "changed" }
  | { readonly kind: "not_empty"; readonly keys: number };

/** What a deletion would take with it. */
export interface NamespaceContents {
  /** Keys that can be read. */
  readonly keys: number;
  /** Revisions of these, and of what was deleted or has expired. */
  readonly revisions: number;
  /** Bytes of the values that can be read. */
  readonly bytes: number;
}

/** The rows of all namespaces. Every call fails with `unavailable` when the database does not answer. */
export interface Namespaces {
  find(tenant: Tenant, name: NamespaceName): Promise<Namespace | undefined>;
  /** Fails with `unavailable` too when it is unknown whether it happened. */
  write(write: NamespaceWrite): Promise<NamespaceVerdict>;
  /** What a change of this namespace with this key was answered; of a deletion, the namespace that is gone. */
  answerTo(tenant: Tenant, name: NamespaceName, repeatable: Repeatable): Promise<EarlierAnswer | undefined>;
  /** In one transaction a bounded number of keys with their history; with the last of them the namespace. `absent` for a repeat of a deletion that is done. */
  removeStep(removal: NamespaceRemoval): Promise<RemovalStep>;
  contentsOf(tenant: Tenant, name: NamespaceName): Promise<NamespaceContents>;
  /** In the order of names; parents without a row are among them. */
  list(query: NamespaceQuery): Promise<NamespacePage>;
}

const refuse = (field: string, reason: string) => new Failure({ kind: "invalid", field, reason });

/** Fails with `invalid`, field `maxRevisions`. */
export function parseMaxRevisions(value: unknown): number {
  if (typeof value !== "number" || !Number.isInteger(value) || value < 1 || value > REVISIONS_KEPT_MAX)
    throw refuse("maxRevisions", `It is a whole number from 1 to ${REVISIONS_KEPT_MAX}.`);
  return value;
}

/** As Kestra has them, `[{"namespace": "a.b"}]`, or the names alone. Fails with `invalid`, field `allowedNamespaces`. */
export function parseAllowedNamespaces(value: unknown): readonly NamespaceName[] {
  const field = "allowedNamespaces";
  if (!Array.isArray(value) || value.length > ALLOWED_NAMESPACES_MAX)
    throw refuse(field, `It is a list of at most ${ALLOWED_NAMESPACES_MAX} namespaces.`);
  const names = value.map((item: unknown) => {
    const name = typeof item === "object" && item !== null && "namespace" in item ? item.namespace : item;
    if (typeof name !== "string") throw refuse(field, `Each is an object such as {"namespace": "company.team"}.`);
    try {
      return parseNamespace(name);
    } catch (error) {
      throw error instanceof Failure && error.fault.kind === "invalid" ? refuse(field, error.fault.reason) : error;
    }
  });
  return [...new Set(names)];
}
