import { stringify } from "csv-stringify/sync";
import type { Entry } from "../../domain/entry.ts";
import type { Fetched } from "../../domain/export-values.ts";
import { Failure } from "../../domain/fault.ts";
import { textOf } from "../../domain/json-text.ts";
import { unescaped } from "./json-string.ts";
import { isValued, piecesOf, type Valued } from "./writing.ts";

export const CSV_COLUMNS = ["key", "type", "value", "ttl", "expiresAt", "description", "labels"] as const;

/**
 * A row for each entry (RFC 4180, lines end with LF). The cell of a text, a date, a time or a duration is the text itself,
 * that of all others their JSON. Fails with `invalid_value` at a text that UTF-8 cannot hold.
 */
export async function* writeCsv(records: AsyncIterable<Fetched>): AsyncGenerator<Uint8Array | string> {
  yield `${CSV_COLUMNS.join(",")}\n`;
  for await (const record of records) {
    if (!isValued(record)) continue;
    const { entry } = record;
    yield `${cells(entry.key, entry.type)},"`;
    yield* quoted(textual(entry) ? textIn(record.value) : piecesOf(record.value));
    yield `",${cells(entry.ttl, entry.expiresAt, entry.description, JSON.stringify(entry.labels))}\n`;
  }
}

const cells = (...texts: readonly (string | undefined)[]): string =>
  stringify([texts.map((text) => text ?? "")], { eof: false });

const textual = ({ type }: Entry): boolean => type !== "NUMBER" && type !== "BOOLEAN" && type !== "JSON";

async function* textIn(value: Valued["value"]): AsyncGenerator<Uint8Array> {
  if (value instanceof Uint8Array) yield wellFormed(JSON.parse(textOf(value)) as string);
  else yield* unescaped(piecesOf(value));
}

function wellFormed(text: string): Uint8Array {
  if (!text.isWellFormed())
    throw new Failure({
      kind: "invalid_value",
      reason: "A text has half of a surrogate pair, which only JSON can hold.",
    });
  return Buffer.from(text);
}

const QUOTE = 0x22;
const TWO_QUOTES = Buffer.from('""');

/** A value is written as it flows, so its cell is made here and not by the library. */
async function* quoted(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of pieces) {
    let from = 0;
    for (let at = piece.indexOf(QUOTE); at >= 0; at = piece.indexOf(QUOTE, from)) {
      if (at > from) yield piece.subarray(from, at);
      yield TWO_QUOTES;
      from = at + 1;
    }
    if (from < piece.length) yield piece.subarray(from);
  }
}
