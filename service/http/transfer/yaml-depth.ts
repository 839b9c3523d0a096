import { CST, Lexer } from "yaml";

const OPENING = new Set(["flow-map-start", "flow-seq-start"]);
const CLOSING = new Set(["flow-map-end", "flow-seq-end"]);
/** What may stand before the first word of a line; each level of a block takes at least one of its columns. */
const LEADING = new Set(["space", "seq-item-ind", "explicit-key-ind", "map-value-ind"]);

/**
 * Whether a YAML nests deeper than `depth`, by its tokens alone: by brackets, or by twice as many columns before a line's
 * first word. The parser calls itself for each level, and where its stack ends the engine may end the whole process (a
 * regular expression that is compiled there is fatal to V8), which no `catch` can hold back.
 */
export function nestsDeeper(text: string, depth: number): boolean {
  let open = 0;
  let column = 0;
  let isLeading = true;
  for (const token of new Lexer().lex(text)) {
    const type = CST.tokenType(token) ?? "";
    if (type === "newline") {
      column = 0;
      isLeading = true;
    } else if (isLeading && LEADING.has(type)) column += token.length;
    else isLeading = false;
    if (OPENING.has(type)) open++;
    if (CLOSING.has(type)) open--;
    if (open > depth || column > 2 * depth) return true;
  }
  return false;
}
