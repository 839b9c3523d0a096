import { canonicalDecimal } from "./decimal-text.ts";
import { type JsonTree, parseJsonTree } from "./json-tree.ts";
import type { Path } from "./path.ts";
import { compareUtf8 } from "./text.ts";

/** The one spelling of a JSON document: no white space, names in the order of their UTF-8 bytes, numbers with all their
 *  digits as ECMAScript would write them, the escapes of JSON.stringify. Two documents are the same exactly when these
 *  are the same text. Nothing is lost on the way: numbers know no bounds, text keeps its normal form and its lone
 *  surrogates (as escapes), names that come twice stay, in their order.
 *  Throws a CtyError at `at` for what is no JSON, and beyond 1,000 levels. */
export function canonicalJson(text: string, at: Path = []): string {
  return printTree(parseJsonTree(text, at));
}

/** A document that is parsed already, as `canonicalJson` spells it. */
export function printTree(tree: JsonTree): string {
  if (tree === null || typeof tree !== "object") return JSON.stringify(tree);
  if (tree.kind === "number") return canonicalDecimal(tree.text);
  if (tree.kind === "array") return `[${tree.items.map(printTree).join(",")}]`;
  const sorted = [...tree.members].sort(([a], [b]) => compareUtf8(a, b)); // stable: repeats keep their order
  return `{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${printTree(value)}`).join(",")}}`;
}
