import type { createNamespace, NamespaceFields } from "../../api/namespaces.ts";
import { map, nullOf, num, obj, set, str } from "../cty/make.ts";
import { printNumber } from "../cty/number.ts";
import { mapType, NUMBER, STRING, setType } from "../cty/type.ts";
import { attribute, isNull, type ObjectValue, type Value } from "../cty/value.ts";
import { textOrNull } from "./entry-attributes.ts";

type NamespaceView = Awaited<ReturnType<typeof createNamespace>>;

/**
 * The state that the service's view of a namespace makes. The state or plan that it takes the
 * place of says what the service does not know: `force_destroy`, and whether no labels are a null or an empty map.
 */
export function namespaceState(view: NamespaceView, forceDestroy: Value, labelsBefore: Value): ObjectValue {
  const unlabelled = Object.keys(view.labels).length === 0 && isNull(labelsBefore);
  const text = (said: string | undefined) => textOrNull(said ?? null);
  return obj({
    name: str(view.id),
    description: text(view.description),
    labels: unlabelled
      ? nullOf(mapType(STRING))
      : map(STRING, new Map(Object.entries(view.labels).map(([name, value]) => [name, str(value)]))),
    allowed_namespaces: view.allowedNamespaces
      ? set(
          STRING,
          view.allowedNamespaces.map(({ namespace }) => str(namespace)),
        )
      : nullOf(setType(STRING)),
    max_revisions: view.maxRevisions === undefined ? nullOf(NUMBER) : num(view.maxRevisions),
    default_ttl: text(view.defaultTtl),
    force_destroy: forceDestroy,
    id: str(view.id),
    revision: view.revision === undefined ? nullOf(NUMBER) : num(view.revision),
    etag: text(view.etag),
    created_at: text(view.creationDate),
    updated_at: text(view.updateDate),
    updated_by: text(view.updatedBy),
  });
}

/** All that the plan says of a namespace; null removes. */
export function namespaceFields(planned: ObjectValue): NamespaceFields {
  const text = (name: string) => {
    const value = attribute(planned, name);
    return value.kind === "string" ? value.value : null;
  };
  const [labels, allowed, kept] = ["labels", "allowed_namespaces", "max_revisions"].map((name) =>
    attribute(planned, name),
  );
  return {
    description: text("description"),
    labels:
      labels?.kind === "map" ? Object.fromEntries([...labels.entries].map(([name, of]) => [name, textIn(of)])) : null,
    allowedNamespaces: allowed?.kind === "set" ? allowed.items.map((item) => ({ namespace: textIn(item) })) : null,
    maxRevisions: kept?.kind === "number" ? Number(printNumber(kept.value)) : null,
    defaultTtl: text("default_ttl"),
  };
}

const textIn = (value: Value): string => (value.kind === "string" ? value.value : "");
