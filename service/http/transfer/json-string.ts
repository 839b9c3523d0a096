import { Failure } from "../../domain/fault.ts";
import { trimmed } from "../../domain/json-text.ts";

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/**
 * The text inside a JSON string, as bytes, while the string flows. Fails with `invalid_value` when it is no JSON string
 * or its text is no UTF-8.
 */
export async function* unescaped(string: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let rest = "";
  let isFirst = true;
  try {
    for await (const piece of string) {
      rest += decoder.decode(piece, { stream: true });
      if (isFirst) rest = rest.replace(/^[ \t\r\n]+/, "");
      if (isFirst && rest !== "") {
        if (!rest.startsWith('"')) throw noString();
        [rest, isFirst] = [rest.slice(1), false];
      }
      const [text, left] = taken(rest);
      rest = left;
      yield Buffer.from(text);
    }
    rest += decoder.decode();
  } catch (error) {
    throw error instanceof TypeError && "code" in error ? noString() : error; // the decoder's own
  }
  if (isFirst || trimmed(rest) !== '"') throw noString();
}

/** A piece of a string may end with an escape that is not whole, with half of a pair, or with the closing quote. */
const UNFINISHED =
  /(?:\\(?:u[0-9a-fA-F]{0,3})?|\\u[dD][89abAB][0-9a-fA-F]{2}(?:\\(?:u[0-9a-fA-F]{0,3})?)?|(?<!\\)"[ \t\r\n]*)$/;
const ESCAPE = /\\(u[0-9a-fA-F]{4}|.)/gsu;

function taken(text: string): readonly [done: string, left: string] {
  // Backslashes in pairs stand for themselves: only an odd one begins an escape.
  const plain = text.replace(/\\\\/g, "\u0000\u0000");
  const cut = UNFINISHED.exec(plain)?.index ?? text.length;
  const done = text.slice(0, cut).replace(ESCAPE, (_, code: string) => {
    if (code.length === 5) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    const character = ESCAPES[code];
    if (character === undefined) throw noString();
    return character;
  });
  if (!done.isWellFormed()) throw noString();
  return [done, text.slice(cut)];
}

const noString = () =>
  new Failure({ kind: "invalid_value", reason: "`text` must be one JSON string: the value's JSON text, in quotes." });
