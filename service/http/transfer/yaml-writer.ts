import type { Entry } from "../../domain/entry.ts";
import type { Fetched } from "../../domain/export-values.ts";
import { textOf } from "../../domain/json-text.ts";
import { isValued, piecesOf, type Valued } from "./writing.ts";

/**
 * A mapping of keys to values. JSON is YAML, so texts, numbers and documents stand there as they are stored; dates, times
 * and durations are plain, without quotes, which tells them from texts.
 */
export async function* writeYaml(records: AsyncIterable<Fetched>): AsyncGenerator<Uint8Array | string> {
  let isEmpty = true;
  for await (const record of records) {
    if (!isValued(record)) continue;
    yield nameOf(record.entry.key);
    yield* spelled(record.entry, record.value);
    yield "\n";
    isEmpty = false;
  }
  if (isEmpty) yield "{}\n";
}

/** Words that some reader of YAML takes for something else than a text. */
const WORDS = /^(?:null|true|false|yes|no|on|off|y|n|nan|inf)$/i;
/** A name in quotes that is longer than this needs YAML's explicit form. */
const IMPLICIT_LENGTH_MAX = 1_000;

function nameOf(key: string): string {
  if (/^[A-Za-z_][\w./-]*$/.test(key) && !WORDS.test(key)) return `${key}: `;
  // What YAML does not let stand in a text as it is.
  const quoted = JSON.stringify(key).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (it) => `\\u${it.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return quoted.length > IMPLICIT_LENGTH_MAX ? `? ${quoted}\n: ` : `${quoted}: `;
}

async function* spelled({ type }: Entry, value: Valued["value"]): AsyncGenerator<Uint8Array | string> {
  const isPlain = type === "DATE" || type === "DATETIME" || type === "DURATION";
  if (isPlain && value instanceof Uint8Array) yield JSON.parse(textOf(value)) as string;
  else yield* indented(piecesOf(value));
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const INDENT = Buffer.from("\n  ");
const SPACE = Buffer.from(" ");

/** Line breaks in JSON stand between its parts only, so they may be followed by more space; a lone CR breaks YAML's lines too. */
async function* indented(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    let from = 0;
    for (let at = 0; at < piece.length; at++) {
      if (piece[at] !== NEWLINE && piece[at] !== RETURN) continue;
      if (at > from) yield piece.subarray(from, at);
      yield piece[at] === NEWLINE ? INDENT : SPACE;
      from = at + 1;
    }
    if (from < piece.length) yield piece.subarray(from);
  }
}
