import { readKeys } from "../../api/batch.ts";
import { listAll } from "../../api/list.ts";
import { list, map, nullOf, obj, str } from "../cty/make.ts";
import { nfc } from "../cty/text.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import type { ObjectValue, Value } from "../cty/value.ts";
import type { Entry } from "../resources/entry-attributes.ts";
import { labelsAt, maybeTextAt, textAt } from "../resources/entry-state.ts";
import { checkTexts, labelsFaults, namespaceFault, patternFault, prefixFault } from "../resources/fields.ts";
import { globTest, literalStart } from "../resources/glob.ts";
import { idOf } from "../resources/refusals.ts";
import { typeFault } from "../resources/validate-namespace-kv.ts";
import { heldValue } from "../resources/value-type.ts";
import { error } from "../schema/diagnostic.ts";
import type { DataSource, Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { isFalse, isTrue } from "./lookup.ts";
import { ENTRY, entryOf, NAMESPACE_KVS } from "./namespace-kvs-schema.ts";

interface Found {
  readonly entry: Entry;
  /** Undefined where it was not wanted. */
  readonly value: Value | undefined;
}

/** Reads the keys of a namespace that the filters leave, each time from the service. */
export const namespaceKvsData: DataSource<Store> = {
  schema: NAMESPACE_KVS,
  validate: (config) => [
    ...checkTexts(config, { namespace: namespaceFault, prefix: prefixFault, glob: patternFault, type: typeFault }),
    ...labelsFaults(config),
  ],

  async read(config, session) {
    const entries = await entriesFor(config, session);
    const hasValues = !isFalse(config, "include_values");
    const found: readonly Found[] = hasValues
      ? await withValues(entries, session)
      : entries.map((entry) => ({ entry, value: undefined }));
    const byKey = (of: (found: Found) => Value) => new Map(found.map((one) => [one.entry.key, of(one)]));
    return obj(
      new Map<string, Value>([
        ...config.entries,
        [
          "keys",
          list(
            STRING,
            found.map(({ entry }) => str(entry.key)),
          ),
        ],
        ["values", hasValues ? obj(byKey(({ value }) => value ?? nullOf(DYNAMIC))) : nullOf(DYNAMIC)],
        [
          "entries",
          map(
            ENTRY,
            byKey(({ entry }) => entryOf(entry)),
          ),
        ],
      ]),
    );
  },
};

/** In the order of their keys. Terraform knows texts in Unicode's normal form C only: a key in another one would have the
 *  name of another key, and hide its value. */
async function entriesFor(config: ObjectValue, { client, signal }: Session<Store>): Promise<readonly Entry[]> {
  const [prefix, glob, type] = ["prefix", "glob", "type"].map((name) => maybeTextAt(config, name));
  const filter = {
    prefix: longer(prefix ?? "", literalStart(glob ?? "")),
    types: type === undefined ? undefined : [type],
    labels: labelsAt(config),
    inherit: isTrue(config, "inherit"),
  };
  const listed = await listAll(client.api, textAt(config, "namespace"), filter, signal);
  const matches = glob === undefined ? () => true : globTest(glob);
  return listed.filter(({ key }) => key === nfc(key) && key.startsWith(prefix ?? "") && matches(key));
}

/** What the service is asked for; the rest is looked at here. */
const longer = (a: string, b: string): string => (a.length > b.length ? a : b);

/** Asks each namespace for its own: an inherited key is another one's. What has gone since it was listed is left out. */
async function withValues(entries: readonly Entry[], { client, signal }: Session<Store>): Promise<readonly Found[]> {
  const found = new Map<string, Found>();
  for (const [namespace, wanted] of byNamespace(entries)) {
    const results = await readKeys(client.api, namespace, wanted, signal);
    for (const read of results) {
      if (read.state === "failed") throw read.error;
      if (read.state !== "live") continue;
      found.set(read.entry.key, { entry: read.entry, value: holdable(read.entry, read.value) });
    }
  }
  return entries.flatMap(({ key }) => found.get(key) ?? []);
}

function byNamespace(entries: readonly Entry[]): ReadonlyMap<string, readonly Entry[]> {
  const groups = new Map<string, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.namespace);
    if (group) group.push(entry);
    else groups.set(entry.namespace, [entry]);
  }
  return groups;
}

const holdable = (entry: Entry, json: string): Value =>
  heldValue(json, [{ attribute: "values" }, { key: entry.key }], ({ reason }) =>
    error(
      "Terraform cannot hold the value of a key",
      `In the value of "${idOf(entry)}": ${reason}. Leave the key out by "prefix", "glob", "type" or "labels", or read no values, with "include_values = false".`,
    ),
  );
