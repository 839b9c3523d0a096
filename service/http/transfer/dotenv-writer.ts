import dotenv from "dotenv";
import { DOTENV_VALUE_BYTES_MAX } from "../../../api/limits.ts";
import type { Fetched } from "../../domain/export-values.ts";
import { Failure } from "../../domain/fault.ts";
import { textOf } from "../../domain/json-text.ts";
import { isValued, type Valued } from "./writing.ts";

/** What the dotenv library reads as a name; `__proto__` it reads and loses. */
export const isDotenvName = (key: string): boolean => /^[\w.-]+$/.test(key) && key !== "__proto__";

/**
 * `NAME=value`, a line for each key that is a name. A text is itself, another value its JSON. With `skip`, what a dotenv
 * file cannot hold is left out, and a comment says so; else it fails with `invalid`.
 */
export async function* writeDotenv(records: AsyncIterable<Fetched>, skip: boolean): AsyncGenerator<string> {
  for await (const record of records) {
    if (!isValued(record)) continue;
    const { key } = record.entry;
    const written = isDotenvName(key) ? writtenAs(record) : undefined;
    if (written !== undefined) yield `${key}=${written}\n`;
    else if (skip) yield `# left out: ${inOneLine(key)}\n`;
    else
      throw new Failure({
        kind: "invalid",
        field: "format",
        reason: `A dotenv file cannot hold the value of the key '${key}'. With skip=true it is left out.`,
      });
  }
}

/** Some readers end a line, and so a comment, at U+2028 and U+2029. */
const inOneLine = (key: string): string =>
  JSON.stringify(key).replaceAll("\u2028", "\\u2028").replaceAll("\u2029", "\\u2029");

function writtenAs({ entry, value }: Valued): string | undefined {
  if (!(value instanceof Uint8Array) || value.length > DOTENV_VALUE_BYTES_MAX) return undefined;
  const json = textOf(value);
  const isBare = entry.type === "NUMBER" || entry.type === "BOOLEAN" || entry.type === "JSON";
  const text = isBare ? json : (JSON.parse(json) as string);
  return spellings(text).find((spelling) => readsBack(spelling, text));
}

/**
 * Ways to write a text. None has its own quote inside, since readers differ in what that means, nor a backslash before
 * its last quote, which would not end it.
 */
const spellings = (text: string): readonly string[] => [
  ...(/^[\w./:@+-]+$/.test(text) ? [text] : []),
  ...(text.endsWith("\\") ? [] : quotedWays(text)),
  text,
];

const quotedWays = (text: string): readonly string[] => [
  ...(text.includes("'") ? [] : [`'${text}'`]),
  ...(text.includes('"') ? [] : [`"${text.replaceAll("\n", "\\n").replaceAll("\r", "\\r")}"`, `"${text}"`]),
  ...(text.includes("`") ? [] : [`\`${text}\``]),
];

/** Between others, since a quote that is not closed would go on to the next one. */
function readsBack(spelling: string, text: string): boolean {
  const read = dotenv.parse(`A=1\nK=${spelling}\nB='"\`x'\nC="'\`x"\nD=\`'"x\`\n`);
  return read["K"] === text && Object.keys(read).join() === "A,K,B,C,D" && read["B"] === '"`x' && read["D"] === "'\"x";
}
