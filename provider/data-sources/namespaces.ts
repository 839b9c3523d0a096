import { listNamespaces } from "../../api/namespaces.ts";
import { list, obj, str } from "../cty/make.ts";
import { listType, STRING } from "../cty/type.ts";
import { attribute } from "../cty/value.ts";
import { checkTexts, namespaceFault } from "../resources/fields.ts";
import type { DataSource } from "../schema/provider.ts";
import type { Schema } from "../schema/schema.ts";
import type { Store } from "../store/store.ts";

const SCHEMA: Schema = {
  version: 0,
  description:
    "The names of the namespaces that exist. Terraform would look for a provider `namespaces`: write `provider = namespace` into the block.",
  attributes: {
    under: { type: STRING, from: "optional", description: "Only this namespace and those below it." },
    names: {
      type: listType(STRING),
      from: "computed",
      description: "In their order. Parents that exist only because another lies below them are among them.",
    },
  },
};

/** None is no error: an empty list says so. */
export const namespacesData: DataSource<Store> = {
  schema: SCHEMA,
  validate: (config) => checkTexts(config, { under: namespaceFault }),

  async read(config, { client, signal }) {
    const under = attribute(config, "under");
    const found = await listNamespaces(client.api, under.kind === "string" ? under.value : undefined, signal);
    return obj({
      under,
      names: list(
        STRING,
        found.map(({ id }) => str(id)),
      ),
    });
  },
};
