import { NAMESPACE_LENGTH_MAX, NAMESPACES_RESERVED, TENANT_LENGTH_MAX, TENANTS_RESERVED } from "../../api/limits.ts";
import { Failure } from "./fault.ts";

declare const parsed: unique symbol;
/** The outermost scope. Text that passed `parseTenant`. */
export type Tenant = string & { readonly [parsed]: "Tenant" };
/** A dotted path such as `company.team`. Text that passed `parseNamespace`. */
export type NamespaceName = string & { readonly [parsed]: "NamespaceName" };

const SEGMENT = /^[A-Za-z0-9][A-Za-z0-9_-]*$/;
const SEGMENT_RULE = "letters, digits, '_' and '-', the first of them a letter or a digit";

/** Fails with `invalid`, field `tenant`. */
export function parseTenant(text: string): Tenant {
  const refuse = (reason: string) => new Failure({ kind: "invalid", field: "tenant", reason });
  if (text.length < 1 || text.length > TENANT_LENGTH_MAX)
    throw refuse(`A tenant has 1 to ${TENANT_LENGTH_MAX} characters, not ${text.length}.`);
  if (!SEGMENT.test(text)) throw refuse(`A tenant consists of ${SEGMENT_RULE}.`);
  if (TENANTS_RESERVED.includes(text)) throw refuse(`'${text}' is reserved, because a path of the API begins with it.`);
  return text as Tenant;
}

/** Fails with `invalid`, field `namespace`. */
export function parseNamespace(text: string): NamespaceName {
  const refuse = (reason: string) => new Failure({ kind: "invalid", field: "namespace", reason });
  if (text.length < 1 || text.length > NAMESPACE_LENGTH_MAX)
    throw refuse(`A namespace has 1 to ${NAMESPACE_LENGTH_MAX} characters, not ${text.length}.`);
  if (!text.split(".").every((segment) => SEGMENT.test(segment)))
    throw refuse(`A namespace is a dotted path such as 'company.team'; each part consists of ${SEGMENT_RULE}.`);
  if (NAMESPACES_RESERVED.includes(text))
    throw refuse(`'${text}' is reserved, because a path of the API ends with it.`);
  return text as NamespaceName;
}

/** The namespace and those above it, the nearest first: `a.b.c`, `a.b`, `a`. */
export function lineageOf(namespace: NamespaceName): readonly NamespaceName[] {
  const segments = namespace.split(".");
  return segments.map((_, above) => segments.slice(0, segments.length - above).join(".") as NamespaceName);
}
