import type { ImportItem } from "../../domain/import-item.ts";
import type { Bytes } from "../../domain/stores.ts";
import type { ByteSource } from "./byte-source.ts";
import { refused } from "./incoming.ts";
import { isBlank } from "./json-flow.ts";
import { unescaped } from "./json-string.ts";
import { type LongObject, membersBefore, piecesThroughEnd } from "./long-object.ts";

const NEWLINE = 0x0a;

const LINE: LongObject = {
  name: "a line of this length",
  isSpace: isBlank,
  isEnd: (byte) => byte === undefined || byte === NEWLINE,
  inLine: true,
};

/**
 * A line that is too long to be read into memory: its value flows, and so must come last, as an export writes it. What
 * is wrong behind the value fails whoever reads it. The rest of the line is passed over in any case.
 */
export async function* longLine(
  source: ByteSource,
  itemFrom: (members: ReadonlyMap<string, Uint8Array>, value: Bytes, first?: number) => ImportItem,
): AsyncGenerator<ImportItem> {
  const { line } = source;
  try {
    const { members, last, first, flow } = await membersBefore(source, ["value", "text"], LINE);
    const pieces = piecesThroughEnd(flow, source, LINE);
    yield last === "text" ? itemFrom(members, unescaped(pieces)) : itemFrom(members, pieces, first);
    await flow.drain();
  } catch (error) {
    yield refused(line, undefined, error);
  }
  await source.skipLine();
}
