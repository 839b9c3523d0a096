import { lookUp } from "../data-sources/lookup.ts";
import { ASKED, FOUND } from "../data-sources/lookup-schema.ts";
import { validateLookup } from "../data-sources/validate-lookup.ts";
import type { EphemeralResource } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";

/** Reads one key as the data source does, and leaves no trace: neither a plan nor a state ever holds what it read. */
export const namespaceKvEphemeral: EphemeralResource<Store> = {
  schema: {
    version: 0,
    description:
      "A key of a namespace that exists, and its value, which appears in no plan and no state: for secrets that go on to a provider or a write-only attribute.",
    attributes: { ...ASKED, ...FOUND },
  },
  validate: validateLookup,
  open: lookUp,
};
