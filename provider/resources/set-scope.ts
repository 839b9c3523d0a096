import { nfc } from "../cty/text.ts";
import { attribute, type ObjectValue } from "../cty/value.ts";
import { textAt } from "./entry-state.ts";
import { anyGlob, type KeyTest } from "./glob.ts";
import { membersOf, textsIn } from "./set-members.ts";

/** What a set is about: its namespace, and the keys in it that begin so. */
export interface Scope {
  readonly namespace: string;
  readonly prefix: string;
}

export function scopeOf(set: ObjectValue): Scope {
  const prefix = attribute(set, "prefix");
  return { namespace: textAt(set, "namespace"), prefix: prefix.kind === "string" ? prefix.value : "" };
}

/** Whether a key that the service has is none of the set's, and is not to be ignored. Terraform knows texts only in
 *  Unicode's normal form C: a key in another one cannot be named in it, and is left alone. */
export function strangerTest(set: ObjectValue): KeyTest {
  const { prefix } = scopeOf(set);
  const members = membersOf(set);
  const ignored = anyGlob(textsIn(attribute(set, "ignore_keys")));
  return (key) => key.startsWith(prefix) && key === nfc(key) && !members.has(key) && !ignored(key);
}

export function flagAt(set: ObjectValue, name: string): boolean {
  const flag = attribute(set, name);
  return flag.kind === "bool" && flag.value;
}

/** The keys that an update removes though they never were the set's: none that its state does not name. */
export function strangersToRemove(prior: ObjectValue, planned: ObjectValue): readonly string[] {
  if (!flagAt(planned, "authoritative")) return [];
  return textsIn(attribute(prior, "unmanaged_keys")).filter(strangerTest(planned));
}
