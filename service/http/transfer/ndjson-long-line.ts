import { IMPORT_LINE_BYTES_MAX } from "../../../api/limits.ts";
import type { ImportItem } from "../../domain/import-item.ts";
import { JsonChecker } from "../../domain/json-check.ts";
import type { Bytes } from "../../domain/stores.ts";
import { type ByteSource, unreadable } from "./byte-source.ts";
import { refused } from "./incoming.ts";
import { FlowingValue, isBlank } from "./json-flow.ts";
import { unescaped } from "./json-string.ts";

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COLON = 0x3a;
const COMMA = 0x2c;
const NEWLINE = 0x0a;

/**
 * A line that is too long to be read into memory: its value flows, and so must come last, as an export writes it. What
 * is wrong behind the value fails whoever reads it. The rest of the line is passed over in any case.
 */
export async function* longLine(
  source: ByteSource,
  itemFrom: (members: ReadonlyMap<string, Uint8Array>, value: Bytes, first?: number) => ImportItem,
): AsyncGenerator<ImportItem> {
  const { line } = source;
  const members = new Map<string, Uint8Array>();
  try {
    await expect(source, OPEN_OBJECT, "expected an object");
    for (;;) {
      const name = JSON.parse(await member(source, "expected a name")) as unknown;
      await expect(source, COLON, "expected ':' after a name");
      const first = await source.peek(isBlank);
      if (name === "value" || name === "text") {
        const flow = new FlowingValue(source, true);
        const pieces = throughEnd(flow, source, line);
        yield name === "text" ? itemFrom(members, unescaped(pieces)) : itemFrom(members, pieces, first);
        await flow.drain();
        break;
      }
      members.set(String(name), Buffer.from(await member(source, "expected a value")));
      await expect(source, COMMA, "a line of this length needs its value, and as the last of its members");
    }
  } catch (error) {
    yield refused(line, undefined, error);
  }
  await source.skipLine();
}

async function expect(source: ByteSource, byte: number, reason: string): Promise<void> {
  if ((await source.peek(isBlank)) !== byte) throw unreadable(source.line, `${reason}.`);
  source.take(1);
}

/** The JSON text of a member's name or of its value, a short one. */
async function member(source: ByteSource, reason: string): Promise<string> {
  await source.peek(isBlank);
  const bytes = await new FlowingValue(source, true).upTo(IMPORT_LINE_BYTES_MAX);
  if (!(bytes instanceof Uint8Array))
    throw unreadable(source.line, `a member other than the value has at most ${IMPORT_LINE_BYTES_MAX} bytes.`);
  const checker = new JsonChecker();
  try {
    checker.push(bytes);
    checker.end();
  } catch {
    throw unreadable(source.line, `${reason}.`);
  }
  return Buffer.from(bytes).toString();
}

/** The value's pieces; then nothing but a bracket may come in this line. */
async function* throughEnd(flow: FlowingValue, source: ByteSource, line: number): AsyncGenerator<Uint8Array> {
  yield* flow.pieces();
  const isClosed = (await source.peek(isBlank)) === CLOSE_OBJECT;
  if (isClosed) source.take(1);
  const next = isClosed ? await source.peek(isBlank) : undefined;
  if (!isClosed || (next !== undefined && next !== NEWLINE))
    throw unreadable(line, "in a line of this length the value comes last, and the line ends behind it.");
}
