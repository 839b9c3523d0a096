import { listNamespaces } from "../../api/namespaces.ts";
import { bool, nullOf, obj, str } from "../cty/make.ts";
import { mapType, STRING } from "../cty/type.ts";
import { attribute } from "../cty/value.ts";
import { checkTexts, namespaceFault } from "../resources/fields.ts";
import { namespaceState } from "../resources/namespace-state.ts";
import type { ListResource } from "../schema/list-resource.ts";
import type { Store } from "../store/store.ts";

/** The namespaces that somebody made, in the order of their names. Those that are there only because of their keys are
 *  nobody's, so they cannot be imported. */
export const namespaceList: ListResource<Store> = {
  schema: {
    version: 0,
    description:
      "The namespaces that somebody made. Those that are there only because of their keys are not among them.",
    attributes: {
      under: { type: STRING, from: "optional", description: "Only this namespace and those below it." },
    },
  },
  validate: (config) => checkTexts(config, { under: namespaceFault }),

  async *list(config, { states }, { client, signal }) {
    const under = attribute(config, "under");
    const views = await listNamespaces(client.api, under.kind === "string" ? under.value : undefined, signal);
    for (const view of views)
      if (view.declared)
        yield {
          name: view.id,
          identity: obj({ name: str(view.id) }),
          state: states ? namespaceState(view, bool(false), nullOf(mapType(STRING))) : undefined,
        };
  },
};
