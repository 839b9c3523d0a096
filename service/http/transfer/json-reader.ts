import { VALUE_HEAD_BYTES } from "../../../api/limits.ts";
import type { ImportItem } from "../../domain/import-item.ts";
import { JsonChecker } from "../../domain/json-check.ts";
import { ByteSource, unreadable } from "./byte-source.ts";
import { incoming, itemOf } from "./incoming.ts";
import { FlowingValue, isJsonSpace } from "./json-flow.ts";

const QUOTE = 0x22;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** One object: a member for each key, its value as the bytes that were sent. Fails with `malformed` where it is none. */
export async function* readJson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<ImportItem> {
  const source = new ByteSource(bytes);
  try {
    await expect(source, [OPEN_OBJECT], "expected an object, {key: value, …}");
    for (let isFirst = true; ; isFirst = false) {
      if ((await source.peek(isJsonSpace)) === CLOSE_OBJECT && isFirst) {
        source.take(1);
        break;
      }
      yield* member(source);
      if ((await expect(source, [COMMA, CLOSE_OBJECT], "expected ',' or '}'")) === CLOSE_OBJECT) break;
    }
    if ((await source.peek(isJsonSpace)) !== undefined)
      throw unreadable(source.line, "there is more after the end of the object.");
  } finally {
    await source.close();
  }
}

async function* member(source: ByteSource): AsyncGenerator<ImportItem> {
  if ((await source.peek(isJsonSpace)) !== QUOTE) throw unreadable(source.line, "expected a name in double quotes.");
  const { line } = source;
  const name = await new FlowingValue(source, false).upTo(VALUE_HEAD_BYTES);
  const key = name instanceof Uint8Array ? nameOf(name, line) : undefined;
  if (key === undefined) throw unreadable(line, "a name is too long.");
  await expect(source, [COLON], "expected ':' after a name");
  const first = await source.peek(isJsonSpace);
  const flow = new FlowingValue(source, false);
  const value = await flow.upTo(VALUE_HEAD_BYTES);
  yield itemOf(line, key, (parsed) => incoming({ line, key: parsed, value, first, form: "json" }));
  await flow.drain();
}

function nameOf(bytes: Uint8Array, line: number): string {
  const checker = new JsonChecker();
  try {
    checker.push(bytes);
    checker.end();
  } catch {
    throw unreadable(line, "a name is no JSON string.");
  }
  return JSON.parse(Buffer.from(bytes).toString()) as string;
}

async function expect(source: ByteSource, bytes: readonly number[], reason: string): Promise<number> {
  const next = await source.peek(isJsonSpace);
  if (next === undefined || !bytes.includes(next)) throw unreadable(source.line, `${reason}.`);
  source.take(1);
  return next;
}
