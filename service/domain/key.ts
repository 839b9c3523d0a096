import { KEY_LENGTH_MAX } from "../../api/limits.ts";
import { Failure } from "./fault.ts";
import { codePoints, unstorable } from "./text.ts";

declare const parsed: unique symbol;
/** Text that passed `parseKey`. Nothing else makes one, so nothing further in checks again. */
export type Key = string & { readonly [parsed]: "Key" };

/** Fails with `invalid`, field `key`. */
export function parseKey(text: string): Key {
  const refuse = (reason: string) => new Failure({ kind: "invalid", field: "key", reason });
  const length = codePoints(text);
  if (length < 1 || length > KEY_LENGTH_MAX)
    throw refuse(`A key has 1 to ${KEY_LENGTH_MAX} code points, not ${length}.`);
  const fault = unstorable(text);
  if (fault) throw refuse(`A key ${fault}.`);
  return text as Key;
}
