import type { Fetched } from "../../domain/export-values.ts";
import { isValued, piecesOf } from "./writing.ts";

/** One object: a member for each key, its value as the bytes that are stored. */
export async function* writeJson(records: AsyncIterable<Fetched>): AsyncGenerator<Uint8Array | string> {
  let separator = "{";
  for await (const record of records) {
    if (!isValued(record)) continue;
    yield `${separator}\n${JSON.stringify(record.entry.key)}: `;
    yield* piecesOf(record.value);
    separator = ",";
  }
  yield separator === "{" ? "{}\n" : "\n}\n";
}
