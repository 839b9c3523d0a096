import { nfc } from "../cty/text.ts";
import { DiagnosticError } from "../schema/diagnostic.ts";
import { keyFault, namespaceFault } from "./fields.ts";
import { invalidSetId } from "./set-refusals.ts";
import type { Scope } from "./set-scope.ts";

/** What `namespace` or `namespace/prefix` names. A namespace has no slash, so the first one divides. Fails with a
 *  DiagnosticError that shows the form. */
export function scopeOfId(id: string): Scope {
  const slash = id.indexOf("/");
  const [namespace, prefix] = slash < 0 ? [id, ""] : [id.slice(0, slash), nfc(id.slice(slash + 1))];
  const fault = namespaceFault(namespace) ?? (prefix === "" ? undefined : keyFault(prefix));
  if (fault === undefined) return { namespace, prefix };
  throw new DiagnosticError(invalidSetId(fault));
}
