import type { KeyPlace, Which } from "../../api/client.ts";
import { idOf } from "../resources/refusals.ts";
import { attributeError, type Diagnostic } from "../schema/diagnostic.ts";

/** What to say of a key that is not there to be read. */
export function nothingToRead(at: KeyPlace, { inherit, revision }: Which, expiredAt: string | undefined): Diagnostic {
  const remedies = `If this configuration creates the key, read it from the resource, or name the resource in depends_on. If it may be missing, set "default", or "error_on_missing = false".`;
  if (revision !== undefined)
    return attributeError(
      "revision",
      "There is no such revision",
      `"${idOf(at)}" has no value at revision ${revision}: the key is not that old, was deleted by it, or its history does not go back so far. GET kv:revisions lists what is kept; leave "revision" out for the current value.`,
    );
  const found = expiredAt === undefined ? "does not exist" : `expired at ${expiredAt}`;
  const where = inherit ? `, nor does a key of this name in the namespaces above "${at.namespace}"` : "";
  return attributeError(
    "key",
    "There is no such key",
    `"${idOf(at)}" ${found}${where}. Check the spelling of tenant, namespace and key, which is case-sensitive. ${remedies}`,
  );
}
