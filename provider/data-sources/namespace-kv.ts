import { readKey } from "../../api/client.ts";
import { obj } from "../cty/make.ts";
import { DYNAMIC, STRING } from "../cty/type.ts";
import type { ObjectValue } from "../cty/value.ts";
import { ENTRY_ATTRIBUTES } from "../resources/entry-attributes.ts";
import { placeOf, stateOf } from "../resources/entry-state.ts";
import { checkTexts, keyFault, namespaceFault } from "../resources/fields.ts";
import { idOf, nothingToRead } from "../resources/refusals.ts";
import { valueFromService } from "../resources/value-type.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { DataSource } from "../schema/provider.ts";
import type { Schema } from "../schema/schema.ts";
import type { Store } from "../store/store.ts";

const SCHEMA: Schema = {
  version: 0,
  description: "A key of a namespace that exists, and its value.",
  attributes: {
    namespace: { type: STRING, from: "required", description: "The namespace, such as `company.team`." },
    key: { type: STRING, from: "required", description: "The key, case-sensitive." },
    type: {
      type: STRING,
      from: "computed",
      description: "`STRING`, `NUMBER`, `BOOLEAN`, `DATETIME`, `DATE`, `DURATION` or `JSON`.",
    },
    value: {
      type: DYNAMIC,
      from: "computed",
      description: "The value: a string, a number, a bool, or an object or tuple of them.",
    },
    ttl: { type: STRING, from: "computed", description: "How long the latest value lives; null when for ever." },
    description: { type: STRING, from: "computed", description: "What the key is for." },
    ...ENTRY_ATTRIBUTES,
  },
};

/** Reads one key. One that is missing, or has expired, is an error: what depends on it could not work. */
export const namespaceKvData: DataSource<Store> = {
  schema: SCHEMA,
  validate: (config) => checkTexts(config, { namespace: namespaceFault, key: keyFault }),

  async read(config, { client, signal }) {
    const at = placeOf(config);
    const found = await readKey(client.api, at, signal);
    if (found.state !== "live")
      throw new DiagnosticError(nothingToRead(at, found.state === "expired" ? found.expiredAt : undefined));
    return onlyOf(SCHEMA, stateOf(found.entry, valueFromService(idOf(at), found.value)));
  },
};

const onlyOf = ({ attributes }: Schema, { entries }: ObjectValue): ObjectValue =>
  obj(new Map([...entries].filter(([name]) => name in attributes)));
