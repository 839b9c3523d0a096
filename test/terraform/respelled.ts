import { type JsonTree, parseJsonTree } from "../../provider/cty/json-tree.ts";

/** The same document as somebody else might write it: white space, the order of names, escapes, and `1.0` for `1`. */
export const respelled = (json: string): string => ` ${print(parseJsonTree(json))}\n`;

function print(tree: JsonTree): string {
  if (typeof tree === "string") return escaped(tree);
  if (tree === null || typeof tree === "boolean") return `${tree}`;
  if (tree.kind === "number") return /[.eE]/.test(tree.text) ? tree.text : `${tree.text}.0`;
  if (tree.kind === "array") return `[ ${tree.items.map(print).join(" ,\n")} ]`;
  const names = tree.members.map(([name]) => name);
  const members = tree.members.map(([name, value]) => `${escaped(name)} : ${print(value)}`);
  // Of a name that comes twice the order means something.
  return `{\t${(new Set(names).size === names.length ? members.reverse() : members).join(", ")} }`;
}

const escaped = (text: string): string =>
  `"${Array.from({ length: text.length }, (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`).join("")}"`;
