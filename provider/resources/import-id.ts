import type { KeyPlace } from "../../api/client.ts";
import { nfc } from "../cty/text.ts";
import { DiagnosticError, error } from "../schema/diagnostic.ts";
import { keyFault, namespaceFault } from "./fields.ts";

/** The key that `namespace/key` names. A namespace has no slash, so the first one divides and a key may have more.
 *  Fails with a DiagnosticError that shows the form. */
export function placeOfId(id: string): KeyPlace {
  const slash = id.indexOf("/");
  const [namespace, key] = [id.slice(0, Math.max(slash, 0)), nfc(id.slice(slash + 1))];
  const fault =
    slash < 0 || namespace === "" || key === "" ? "It lacks a part." : (namespaceFault(namespace) ?? keyFault(key));
  if (fault === undefined) return { namespace, key };
  throw new DiagnosticError(
    error(
      "Invalid import ID",
      `The ID of a key is its namespace, a slash, and the key, such as "company.team/flags/dark-mode". ${fault}`,
    ),
  );
}
