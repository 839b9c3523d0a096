import type { Fetched } from "../../domain/export-values.ts";

/** An entry that has a value. */
export type Valued = Fetched & { readonly value: NonNullable<Fetched["value"]> };
export const isValued = (record: Fetched): record is Valued => record.value !== undefined;

/** The bytes of a value, in one piece or as they flow. */
export async function* piecesOf(value: Valued["value"]): AsyncGenerator<Uint8Array> {
  if (value instanceof Uint8Array) yield value;
  else yield* await value();
}

const CHUNK_BYTES = 65_536;

/** Small pieces together: entries are mostly shorter than what is worth a packet. */
export async function* gathered(pieces: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
  let parts: Uint8Array[] = [];
  let length = 0;
  for await (const piece of pieces) {
    const part = typeof piece === "string" ? Buffer.from(piece) : piece;
    parts.push(part);
    length += part.length;
    if (length < CHUNK_BYTES) continue;
    yield Buffer.concat(parts);
    [parts, length] = [[], 0];
  }
  if (length > 0) yield Buffer.concat(parts);
}
