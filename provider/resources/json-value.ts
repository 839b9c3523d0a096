import { printTree } from "../cty/canonical-json.ts";
import { type JsonTree, parseJsonTree } from "../cty/json-tree.ts";
import { bool, num, tuple } from "../cty/make.ts";
import { nfc } from "../cty/text.ts";
import type { Value } from "../cty/value.ts";
import { impliedType, misfitOf, sameMeaning, type ValueType } from "./value-type.ts";

/** A value as JSON text, `value_json`: the service keeps it to the digit, so it is compared by text and not as
 *  Terraform's values are. All throw a CtyError for what is no JSON; it names line and column, and nothing of the text. */

/** The type of a document whose configuration names none. */
export const impliedTypeOfJson = (json: string): ValueType | undefined => impliedType(outline(treeOf(json)));

/** As `misfitOf`. */
export const misfitOfJson = (type: ValueType, json: string): string | undefined =>
  misfitOf(type, outline(treeOf(json)));

/** Whether two documents mean the same to a reader of the type: exact in all that JSON says, but for its spelling. */
export function sameJson(type: string | undefined, a: string, b: string): boolean {
  if (a === b) return true;
  const [left, right] = [treeOf(a), treeOf(b)];
  if (typeof left === "string" && typeof right === "string") return left === right || sameText(type, left, right);
  return printTree(left) === printTree(right);
}

/** A document in the form that survives Terraform, which composes characters: those that it would change are escaped. */
export function survivingJson(json: string): string {
  if (nfc(json) === json) return json;
  return json.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** U+FEFF, which a reader of JSON may ignore (RFC 8259, 8.1). */
const MARK = "\uFEFF";

/**
 * A document that HCL cannot hold, for a configuration that Terraform makes. Terraform writes an object or array there as
 * `jsonencode({ … })`, which drops a name that comes twice and half of a surrogate pair: the apply after it would change
 * the value. It does not take a document for one that begins with a byte order mark.
 */
export const markedJson = (json: string): string => (/^\s*[[{]/.test(json) ? `${MARK}${json}` : json);

export const unmarkedJson = (json: string): string => (json.startsWith(MARK) ? json.slice(1) : json);

const treeOf = (json: string): JsonTree => parseJsonTree(unmarkedJson(json), [{ attribute: "value_json" }]);

const sameText = (type: string | undefined, a: string, b: string): boolean =>
  (type === "DATETIME" || type === "DURATION") && sameMeaning(type, text(a), text(b));

const text = (value: string): Value => ({ kind: "string", value });

/** A value of the same type, which may lose digits and all that lies inside. */
function outline(tree: JsonTree): Value {
  if (typeof tree === "string") return text(tree);
  if (typeof tree === "boolean") return bool(tree);
  return tree?.kind === "number" ? num(0) : tuple([]);
}
