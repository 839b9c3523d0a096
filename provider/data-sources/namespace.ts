import { readNamespace } from "../../api/namespaces.ts";
import { bool, nullOf, obj } from "../cty/make.ts";
import { BOOL, mapType, STRING } from "../cty/type.ts";
import type { ObjectValue } from "../cty/value.ts";
import { textAt } from "../resources/entry-state.ts";
import { checkTexts, namespaceFault } from "../resources/fields.ts";
import { NAMESPACE } from "../resources/namespace-schema.ts";
import { namespaceState } from "../resources/namespace-state.ts";
import { attributeError, DiagnosticError } from "../schema/diagnostic.ts";
import type { DataSource } from "../schema/provider.ts";
import type { Attribute, Schema } from "../schema/schema.ts";
import type { Store } from "../store/store.ts";

const {
  name,
  force_destroy: _onlyOfTheResource,
  ...said
} = NAMESPACE.attributes as typeof NAMESPACE.attributes & {
  readonly name: Attribute;
};
const READ = Object.entries(said).map(([attribute, { type, description }]) => [
  attribute,
  { type, description, from: "computed" } satisfies Attribute,
]);

const SCHEMA: Schema = {
  version: 0,
  description: "A namespace that exists and what is said about it.",
  attributes: {
    name: { type: name.type, from: "required", description: "The namespace, such as `company.team`." },
    declared: {
      type: BOOL,
      from: "computed",
      description: "Whether somebody made it; else it is there because of its keys, or because another lies below it.",
    },
    ...(Object.fromEntries(READ) as Record<string, Attribute>),
  },
};

/** Reads one namespace. One that is missing is an error: what depends on it could not work. */
export const namespaceData: DataSource<Store> = {
  schema: SCHEMA,
  validate: (config) => checkTexts(config, { name: namespaceFault }),

  async read(config, { client, signal }): Promise<ObjectValue> {
    const view = await readNamespace(client.api, textAt(config, "name"), signal);
    if (!view) throw new DiagnosticError(missing(textAt(config, "name")));
    const { entries } = namespaceState(view, nullOf(BOOL), nullOf(mapType(STRING)));
    const shown = [...entries].filter(([attribute]) => attribute in SCHEMA.attributes);
    return obj(new Map([...shown, ["declared", bool(view.declared)]]));
  },
};

const missing = (namespace: string) =>
  attributeError(
    "name",
    "There is no such namespace",
    `"${namespace}" does not exist: nobody made it, it has no keys, and none lies below it. Check the spelling of tenant and namespace. If this configuration creates it, read it from the resource, or name the resource in depends_on.`,
  );
