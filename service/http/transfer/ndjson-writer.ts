import type { Fetched } from "../../domain/export-values.ts";
import { escapedText } from "../../domain/json-text.ts";
import { isJsonSpace } from "./json-flow.ts";
import { isValued, piecesOf, type Valued } from "./writing.ts";

/**
 * One entry a line, the value last, as the bytes that are stored. Where these have a line break or spaces around, which
 * a line cannot hold or would lose, `text` has them as a JSON string instead. The last line says that it is complete.
 */
export async function* writeNdjson(records: AsyncIterable<Fetched>): AsyncGenerator<Uint8Array | string> {
  let lines = 0;
  for await (const record of records) {
    const head = JSON.stringify(headOf(record));
    if (isValued(record)) yield* withValue(head.slice(0, -1), record.value);
    else yield `${head}\n`;
    lines++;
  }
  yield `${JSON.stringify({ complete: true, lines })}\n`;
}

async function* withValue(head: string, value: Valued["value"]): AsyncGenerator<Uint8Array | string> {
  const asText = value instanceof Uint8Array ? needsText(value) : await flowNeedsText(piecesOf(value));
  if (!asText) {
    yield `${head},"value":`;
    yield* piecesOf(value);
  } else {
    yield `${head},"text":`;
    yield* escapedText(piecesOf(value));
  }
  yield "}\n";
}

const NEWLINE = 0x0a;
const RETURN = 0x0d;
const hasBreak = (bytes: Uint8Array): boolean => bytes.includes(NEWLINE) || bytes.includes(RETURN);

const needsText = (bytes: Uint8Array): boolean =>
  hasBreak(bytes) || isJsonSpace(bytes[0] ?? NEWLINE) || isJsonSpace(bytes.at(-1) ?? NEWLINE);

/** A large value is read twice, the first time for this; most that need it say so in their first bytes. */
async function flowNeedsText(pieces: AsyncIterable<Uint8Array>): Promise<boolean> {
  let first: number | undefined;
  let last: number | undefined;
  for await (const piece of pieces) {
    if (hasBreak(piece)) return true;
    first ??= piece[0];
    last = piece.at(-1) ?? last;
    if (isJsonSpace(first ?? 0)) return true;
  }
  return isJsonSpace(last ?? 0);
}

/** `past` tells how a revision that is no more current came to be. */
const headOf = ({ entry, past }: Fetched): object => ({
  namespace: entry.namespace,
  key: entry.key,
  ...(past !== undefined && { past }),
  type: entry.type,
  ttl: entry.ttl ?? null,
  expiresAt: entry.expiresAt ?? null,
  description: entry.description ?? null,
  labels: entry.labels,
  secret: entry.secret,
  revision: entry.revision,
  etag: entry.etag,
  creationDate: entry.createdAt,
  createdBy: entry.createdBy,
  updateDate: entry.updatedAt,
  updatedBy: entry.updatedBy,
  door: entry.door,
});
