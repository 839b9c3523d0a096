import dotenv from "dotenv";
import { DOTENV_BYTES_MAX } from "../../../api/limits.ts";
import { Failure } from "../../domain/fault.ts";
import type { ImportItem } from "../../domain/import-item.ts";
import { jsonText, textOf } from "../../domain/json-text.ts";
import { incoming, invalid, itemOf, refused } from "./incoming.ts";

/** The grammar of the dotenv library, which keeps no line numbers and passes over what it cannot read; blank lines are not part of a match. */
const ASSIGNMENT =
  /^[^\S\n]*(?:export\s+)?([\w.-]+)(?:\s*=\s*?|:\s+?)(\s*'(?:\\'|[^'])*'|\s*"(?:\\"|[^"])*"|\s*`(?:\\`|[^`])*`|[^#\r\n]+)?\s*(?:#.*)?$/gm;

/** `NAME=value` lines as the dotenv library reads them; every value is a text. Fails with `too_large`. */
export async function* readDotenv(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ImportItem> {
  const text = (await wholeText(bytes)).replace(/\r\n?/g, "\n");
  let line = 1;
  let end = 0;
  for (const match of text.matchAll(ASSIGNMENT)) {
    const [whole, name = ""] = match;
    yield* strangers(text.slice(end, match.index), line);
    line += breaksIn(text.slice(end, match.index));
    const start = line;
    const value = dotenv.parse(whole)[name];
    yield itemOf(start, name, (key) => {
      if (value === undefined) throw invalid("key", `The dotenv format has no name '${key}'.`);
      return incoming({ line: start, key, value: jsonText(value), form: "text" });
    });
    line += breaksIn(whole);
    end = match.index + whole.length;
  }
  yield* strangers(text.slice(end), line);
}

const breaksIn = (text: string): number => text.split("\n").length - 1;

/** Lines between assignments are empty or comments; anything else would be lost without a word. */
function* strangers(text: string, from: number): Generator<ImportItem> {
  for (const [index, line] of text.split("\n").entries())
    if (!/^\s*(?:#.*)?$/.test(line))
      yield refused(from + index, undefined, invalid("body", "A line is NAME=value, a comment behind '#', or empty."));
}

async function wholeText(bytes: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    length += piece.length;
    if (length > DOTENV_BYTES_MAX) throw new Failure({ kind: "too_large", bytesMax: DOTENV_BYTES_MAX });
    pieces.push(piece);
  }
  return textOf(Buffer.concat(pieces));
}
