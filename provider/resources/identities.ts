import type { ObjectValue } from "../cty/value.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import type { Identity } from "../schema/identity.ts";
import { placeOf, textAt } from "./entry-state.ts";
import { type Check, checkTexts, keyFault, namespaceFault } from "./fields.ts";
import { setIdOf } from "./namespace-kv-set-schema.ts";
import { idOf } from "./refusals.ts";
import { scopeOf } from "./set-scope.ts";

/** What names a key: two parts of one text could be another key, so each is checked before they are joined. */
export const KEY_IDENTITY: Identity = {
  attributes: ["namespace", "key"],
  idOf: (identity) => idOf(placeOf(checked(identity, { namespace: namespaceFault, key: keyFault }))),
};

export const NAMESPACE_IDENTITY: Identity = {
  attributes: ["name"],
  idOf: (identity) => textAt(checked(identity, { name: namespaceFault }), "name"),
};

/** A set is what it is about: without a prefix the whole namespace. */
export const SET_IDENTITY: Identity = {
  attributes: ["namespace", "prefix"],
  idOf: (identity) => {
    const { namespace, prefix } = scopeOf(checked(identity, { namespace: namespaceFault }));
    return setIdOf(namespace, prefix);
  },
};

function checked(identity: ObjectValue, checks: Readonly<Record<string, Check>>): ObjectValue {
  const [fault] = checkTexts(identity, checks);
  if (fault) throw new DiagnosticError(fault);
  return identity;
}
