import { BOOL } from "../cty/type.ts";
import type { DataSource } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { lookUp } from "./lookup.ts";
import { ASKED, FOUND } from "./lookup-schema.ts";
import { validateLookup } from "./validate-lookup.ts";

/** Reads one key, each time from the service. */
export const namespaceKvData: DataSource<Store> = {
  schema: {
    version: 0,
    description: "A key of a namespace that exists, and its value.",
    attributes: {
      ...ASKED,
      include_value: {
        type: BOOL,
        from: "optional",
        description:
          "Whether the value is read, true by default. With `false` it is not even fetched: neither plan nor state has it, and `digest` tells whether it has changed.",
      },
      ...FOUND,
    },
  },
  validate: validateLookup,
  read: lookUp,
};
