import { nfc } from "../cty/text.ts";
import { attribute, type ObjectValue } from "../cty/value.ts";
import { isTrue } from "./entry-attributes.ts";
import { maybeTextAt, textAt } from "./entry-state.ts";
import { anyGlob, type KeyTest } from "./glob.ts";
import { membersOf, textsIn } from "./set-members.ts";

/** What a set is about: its namespace, and the keys in it that begin so. */
export interface Scope {
  readonly namespace: string;
  readonly prefix: string;
}

export const scopeOf = (set: ObjectValue): Scope => ({
  namespace: textAt(set, "namespace"),
  prefix: maybeTextAt(set, "prefix") ?? "",
});

/** Whether a key that the service has is none of the set's, and is not to be ignored. Terraform knows texts only in
 *  Unicode's normal form C: a key in another one cannot be named in it, and is left alone. */
export function strangerTest(set: ObjectValue): KeyTest {
  const { prefix } = scopeOf(set);
  const members = membersOf(set);
  const ignored = anyGlob(textsIn(attribute(set, "ignore_keys")));
  return (key) => key.startsWith(prefix) && !members.has(key) && key === nfc(key) && !ignored(key);
}

/** The keys that an update removes though they never were the set's: none that its state does not name. */
export function strangersToRemove(prior: ObjectValue, planned: ObjectValue): readonly string[] {
  if (!isTrue(attribute(planned, "authoritative"))) return [];
  return textsIn(attribute(prior, "unmanaged_keys")).filter(strangerTest(planned));
}
