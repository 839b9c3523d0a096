import { readKeys } from "../../api/batch.ts";
import { PAGE_ENTRIES_MAX } from "../../api/limits.ts";
import { type EntryFilter, listPage } from "../../api/list.ts";
import { obj, str } from "../cty/make.ts";
import { nfc } from "../cty/text.ts";
import { mapType, STRING } from "../cty/type.ts";
import type { ObjectValue } from "../cty/value.ts";
import { labelsAt, maybeTextAt, textAt } from "../resources/entry-state.ts";
import { checkTexts, labelsFaults, namespaceFault } from "../resources/fields.ts";
import { defaultTtlOf } from "../resources/namespace-default.ts";
import { importedState } from "../resources/namespace-kv-import.ts";
import { idOf } from "../resources/refusals.ts";
import { isValueType, VALUE_TYPES } from "../resources/value-type.ts";
import type { Found, ListResource } from "../schema/list-resource.ts";
import type { Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";

/** The keys of a namespace, in their order. What has expired is not among them, nor is a key that Terraform cannot name,
 *  since it knows texts in Unicode's normal form C only: it would import another one. */
export const namespaceKvList: ListResource<Store> = {
  schema: {
    version: 0,
    description: "The keys of a namespace, whoever made them.",
    attributes: {
      namespace: { type: STRING, from: "required", description: "The namespace, such as `company.team`." },
      prefix: { type: STRING, from: "optional", description: "Only keys that begin so." },
      type: {
        type: STRING,
        from: "optional",
        description:
          "Only values of this type: `STRING`, `NUMBER`, `BOOLEAN`, `DATETIME`, `DATE`, `DURATION` or `JSON`.",
      },
      labels: {
        type: mapType(STRING),
        from: "optional",
        description: "Only keys that have all of these labels, with these values.",
      },
    },
  },
  validate: (config) => [
    ...checkTexts(config, { namespace: namespaceFault, type: typeFault }),
    ...labelsFaults(config),
  ],

  async *list(config, { limit, states }, session) {
    const namespace = textAt(config, "namespace");
    const filter = filterOf(config);
    const hasDefault = defaultTtlOf(session.client.api, namespace, session.signal);
    let [left, cursor] = [limit, undefined as string | undefined];
    do {
      const page = { limit: Math.min(left, PAGE_ENTRIES_MAX), cursor };
      const { entries, next } = await listPage(session.client.api, namespace, filter, page, session.signal);
      const nameable = entries.filter(({ key }) => nfc(key) === key);
      const found = states
        ? await withStates(namespace, nameable, hasDefault, session)
        : nameable.map(({ key }) => foundAt(namespace, key));
      yield* found;
      left -= found.length;
      cursor = next;
    } while (cursor !== undefined && left > 0);
  },
};

const typeFault = (text: string): string | undefined =>
  isValueType(text)
    ? undefined
    : `The type is one of ${VALUE_TYPES.join(", ")}, in capitals. Leave it out for keys of all types.`;

function filterOf(config: ObjectValue): EntryFilter {
  const type = maybeTextAt(config, "type");
  return {
    prefix: maybeTextAt(config, "prefix"),
    types: type === undefined ? [] : [type],
    labels: labelsAt(config),
  };
}

const foundAt = (namespace: string, key: string): Found => ({
  name: idOf({ namespace, key }),
  identity: obj({ namespace: str(namespace), key: str(key) }),
});

/** A key that is gone since it was listed is left out. */
async function withStates(
  namespace: string,
  listed: readonly { readonly key: string; readonly size: number }[],
  hasDefault: () => Promise<boolean>,
  { client, signal }: Session<Store>,
): Promise<Found[]> {
  const found: Found[] = [];
  for (const read of await readKeys(client.api, namespace, listed, signal)) {
    if (read.state === "failed") throw read.error;
    if (read.state !== "live") continue;
    const state = await importedState(read.entry, read.value, hasDefault);
    found.push({ ...foundAt(namespace, read.entry.key), state });
  }
  return found;
}
