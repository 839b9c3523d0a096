import { IMPORT_LINE_BYTES_MAX } from "../../../api/limits.ts";
import { JsonChecker } from "../../domain/json-check.ts";
import { type ByteSource, unreadable } from "./byte-source.ts";
import { FlowingValue } from "./json-flow.ts";

const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;
const COLON = 0x3a;
const COMMA = 0x2c;

/** An object that is too long to be read into memory: one of its members flows, and so must come last. */
export interface LongObject {
  /** What a refusal calls it. */
  readonly name: string;
  readonly isSpace: (byte: number) => boolean;
  /** What may stand behind it; undefined is the end of all. */
  readonly isEnd: (byte: number | undefined) => boolean;
  /** A line break ends the member that flows, since there it has been cut off. */
  readonly inLine: boolean;
}

/** Reads up to the first of the members that may flow, `last`. `first` is the first byte of its value. */
export async function membersBefore(source: ByteSource, flowing: readonly string[], object: LongObject) {
  const members = new Map<string, Uint8Array>();
  await expect(source, OPEN_OBJECT, "expected an object", object);
  for (;;) {
    const name = String(JSON.parse(await member(source, "expected a name", object)));
    await expect(source, COLON, "expected ':' after a name", object);
    const first = await source.peek(object.isSpace);
    if (flowing.includes(name)) return { members, last: name, first, flow: new FlowingValue(source, object.inLine) };
    members.set(name, Buffer.from(await member(source, "expected a value", object)));
    await expect(source, COMMA, `${object.name} needs its value, and as the last of its members`, object);
  }
}

async function expect(source: ByteSource, byte: number, reason: string, { isSpace }: LongObject): Promise<void> {
  if ((await source.peek(isSpace)) !== byte) throw unreadable(source.line, `${reason}.`);
  source.take(1);
}

/** The JSON text of a member's name or of its value, a short one. */
async function member(source: ByteSource, reason: string, { isSpace, inLine }: LongObject): Promise<string> {
  await source.peek(isSpace);
  const bytes = await new FlowingValue(source, inLine).upTo(IMPORT_LINE_BYTES_MAX);
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

/** The pieces of the member that flows; then nothing but a bracket may come in this object. */
export async function* piecesThroughEnd(
  flow: FlowingValue,
  source: ByteSource,
  { name, isSpace, isEnd }: LongObject,
): AsyncGenerator<Uint8Array> {
  const { line } = source;
  yield* flow.pieces();
  const isClosed = (await source.peek(isSpace)) === CLOSE_OBJECT;
  if (isClosed) source.take(1);
  if (!isClosed || !isEnd(await source.peek(isSpace)))
    throw unreadable(line, `in ${name} the value comes last, and nothing follows behind it.`);
}
