import type { ListedNamespaceView, NamespaceTreeView } from "../../api/schema.ts";
import type { NamespaceName } from "../domain/namespace.ts";
import { type ListedNamespace, type Namespace, nameOf } from "../domain/namespaces.ts";

/** A namespace as it travels, in Kestra's names. What is unset is left out: Kestra's clients fail on null. */
function rowView(namespace: Omit<Namespace, "extra">): ListedNamespaceView {
  const { description, allowedNamespaces, maxRevisions, defaultTtl } = namespace;
  return {
    id: namespace.name,
    deleted: false,
    declared: namespace.declared,
    ...(description !== undefined && { description }),
    labels: namespace.labels,
    ...(allowedNamespaces && { allowedNamespaces: allowedNamespaces.map((name) => ({ namespace: name })) }),
    ...(maxRevisions !== undefined && { maxRevisions }),
    ...(defaultTtl !== undefined && { defaultTtl }),
    revision: namespace.revision,
    etag: namespace.etag,
    creationDate: namespace.createdAt,
    updateDate: namespace.updatedAt,
    createdBy: namespace.createdBy,
    updatedBy: namespace.updatedBy,
  };
}

/** A namespace that is there only because another lies below it. */
const parentView = (name: NamespaceName): ListedNamespaceView => ({
  id: name,
  deleted: false,
  declared: false,
  labels: {},
});

export const listedNamespaceView = (listed: ListedNamespace): ListedNamespaceView =>
  listed.kind === "row" ? rowView(listed.namespace) : parentView(listed.name);

/** The JSON text of one namespace, with the fields that only Kestra knows as the text that was sent. */
export function namespaceText(namespace: Namespace): string {
  const known = JSON.stringify(rowView(namespace));
  return namespace.extra === "{}" ? known : `${known.slice(0, -1)},${namespace.extra.slice(1)}`;
}

export const parentText = (name: NamespaceName): string => JSON.stringify(parentView(name));

/** Namespaces in the order of their names, each below its parent. One whose parent is not among them is a root. */
export function treeOf(namespaces: readonly ListedNamespace[]): readonly NamespaceTreeView[] {
  const roots: NamespaceTreeView[] = [];
  const childrenOf = new Map<string, NamespaceTreeView[]>();
  for (const listed of namespaces) {
    const name = nameOf(listed);
    const children: NamespaceTreeView[] = [];
    childrenOf.set(name, children);
    const siblings = childrenOf.get(name.slice(0, name.lastIndexOf("."))) ?? roots;
    siblings.push({ ...listedNamespaceView(listed), children });
  }
  return roots;
}
