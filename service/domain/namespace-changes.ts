import { v7 as uuidv7 } from "uuid";
import { Failure } from "./fault.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import type {
  Namespace,
  NamespaceCondition,
  NamespaceContents,
  NamespaceRemoval,
  NamespaceSettings,
  Namespaces,
  Repeatable,
} from "./namespaces.ts";

export interface NamespacePlace {
  readonly tenant: Tenant;
  readonly name: NamespaceName;
}

/** What nobody has said anything about. */
export const NO_SETTINGS: NamespaceSettings = {
  description: undefined,
  labels: {},
  allowedNamespaces: undefined,
  maxRevisions: undefined,
  defaultTtl: undefined,
  extra: "{}",
};

/**
 * Makes `settings` all that is said about the namespace; a repeat gets the first answer. Fails with `namespace_exists`,
 * `namespace_changed` and `idempotency_key_reused`.
 */
export async function putNamespace(
  namespaces: Namespaces,
  { tenant, name }: NamespacePlace,
  only: NamespaceCondition,
  settings: NamespaceSettings,
  by: string,
  repeatable?: Repeatable,
): Promise<Namespace> {
  const verdict = await namespaces.write({ tenant, name, only, settings, etag: uuidv7(), by, repeatable });
  if (verdict.kind === "reused") throw new Failure({ kind: "idempotency_key_reused" });
  if (verdict.kind !== "unmet") return verdict.namespace;
  throw new Failure({ kind: only.kind === "undeclared" ? "namespace_exists" : "namespace_changed", namespace: name });
}

/** How often a change that builds on the present settings may lose to other writers before it gives up. */
const OVERTAKEN_MAX = 10;

/**
 * Changes what `change` changes and keeps the rest, also of a parent that has no row yet: it is there, so it can be
 * spoken about. Fails with `not_found` when there is no such namespace, and with `namespace_changed`.
 */
export async function patchNamespace(
  namespaces: Namespaces,
  at: NamespacePlace,
  only: NamespaceCondition,
  change: (settings: NamespaceSettings) => NamespaceSettings,
  by: string,
  repeatable?: Repeatable,
): Promise<Namespace> {
  for (let tries = 1; ; tries++) {
    // Before the conditions: what was true then need not be true now.
    const earlier = await earlierAnswer(namespaces, at, repeatable);
    if (earlier) return earlier;
    const present = await namespaces.find(at.tenant, at.name);
    if (!present && only.kind === "always" && !(await isParent(namespaces, at))) throw noNamespace(at.name);
    const held: NamespaceCondition = present ? { kind: "etag", etag: present.etag } : { kind: "undeclared" };
    if (!holds(only, present)) throw new Failure({ kind: "namespace_changed", namespace: at.name });
    try {
      return await putNamespace(namespaces, at, held, change(present ?? NO_SETTINGS), by, repeatable);
    } catch (error) {
      const kind = error instanceof Failure ? error.fault.kind : undefined;
      const overtaken = kind === "namespace_changed" || kind === "namespace_exists";
      if (!overtaken || tries === OVERTAKEN_MAX) throw error;
    }
  }
}

/** What the first of repeated requests was answered. Fails with `idempotency_key_reused`. */
async function earlierAnswer(
  namespaces: Namespaces,
  { tenant, name }: NamespacePlace,
  repeatable: Repeatable | undefined,
): Promise<Namespace | undefined> {
  const earlier = repeatable && (await namespaces.answerTo(tenant, name, repeatable));
  if (earlier?.kind === "reused") throw new Failure({ kind: "idempotency_key_reused" });
  return earlier?.namespace;
}

function holds(only: NamespaceCondition, present: Namespace | undefined): boolean {
  switch (only.kind) {
    case "always":
      return true;
    case "undeclared":
      return !present?.declared;
    case "present":
      return present !== undefined;
    case "etag":
      return present?.etag === only.etag;
  }
}

/** Whether another namespace lies below it. */
export async function isParent(namespaces: Namespaces, { tenant, name }: NamespacePlace): Promise<boolean> {
  const query = { tenant, under: name, contains: undefined, rowsOnly: false, descending: false, offset: 0, limit: 1 };
  return (await namespaces.list(query)).total > 0;
}

/** Steps in a row that other writers may spoil. */
const SPOILT_MAX = 50;

/**
 * Deletes a namespace, its settings, what was deleted in it, and with `force` its keys. Namespaces below it stay. Goes
 * in steps, each whole: when `signal` stops it or the database goes away, what is deleted is deleted and the rest is
 * there. The repeat of one that is done does nothing, though the namespace may be there anew. Fails with
 * `namespace_not_empty`, `namespace_changed`, `not_found`, `idempotency_key_reused` and `unavailable`.
 */
export async function removeNamespace(
  namespaces: Namespaces,
  removal: NamespaceRemoval,
  signal: AbortSignal,
): Promise<void> {
  if (await earlierAnswer(namespaces, removal, removal.repeatable)) return;
  for (let [steps, spoilt] = [1, 0]; !signal.aborted && spoilt < SPOILT_MAX; steps++) {
    const step = await namespaces.removeStep(removal);
    // What another request finished is finished.
    if (step.kind === "removed" || (step.kind === "absent" && steps > 1)) return;
    if (step.kind === "not_empty")
      throw new Failure({ kind: "namespace_not_empty", namespace: removal.name, keys: step.keys });
    if (step.kind === "changed") throw new Failure({ kind: "namespace_changed", namespace: removal.name });
    if (step.kind === "absent" && (await earlierAnswer(namespaces, removal, removal.repeatable))) return;
    if (step.kind === "absent") throw absentFor(removal);
    spoilt = step.kind === "overtaken" ? spoilt + 1 : 0;
  }
  throw new Failure({ kind: "unavailable", reason: "The namespace is not deleted yet; the same request goes on." });
}

const absentFor = ({ name, only }: NamespaceRemoval): Failure =>
  only.kind === "always" ? noNamespace(name) : new Failure({ kind: "namespace_changed", namespace: name });

/** What `removeNamespace` would take with it. Fails with `namespace_changed` and `not_found`; changes nothing. */
export async function contentsOfNamespace(
  namespaces: Namespaces,
  removal: NamespaceRemoval,
): Promise<NamespaceContents> {
  const { tenant, name, only } = removal;
  const present = await namespaces.find(tenant, name);
  if (!present) throw absentFor(removal);
  if (!holds(only, present)) throw new Failure({ kind: "namespace_changed", namespace: name });
  return namespaces.contentsOf(tenant, name);
}

export const noNamespace = (name: NamespaceName) =>
  new Failure({ kind: "not_found", reason: `No namespace '${name}'` });
