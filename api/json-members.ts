/**
 * The members of a valid JSON object, each value as the bytes that were sent: parsing and
 * printing again would lose digits of numbers. Of a name that stands there twice, `duplicate` is told.
 */
export function membersOf(object: Uint8Array): {
  readonly members: Map<string, Uint8Array>;
  readonly duplicate?: string;
} {
  const members = new Map<string, Uint8Array>();
  const bytes = Buffer.from(object.buffer, object.byteOffset, object.length);
  let at = skipSpace(object, skipSpace(object, 0) + 1);
  while (at < object.length && object[at] !== CLOSE_OBJECT) {
    const nameEnd = skipValue(object, at);
    const text = bytes.toString("utf8", at, nameEnd);
    const name = text.includes("\\") ? (JSON.parse(text) as string) : text.slice(1, -1);
    const start = skipSpace(object, skipSpace(object, nameEnd) + 1);
    const end = skipValue(object, start);
    if (members.has(name)) return { members, duplicate: name };
    members.set(name, object.subarray(start, end));
    at = skipSpace(object, end);
    if (object[at] === COMMA) at = skipSpace(object, at + 1);
  }
  return { members };
}

/** The items of a valid JSON array, each as the bytes that were sent. */
export function itemsOf(array: Uint8Array): Uint8Array[] {
  const items: Uint8Array[] = [];
  let at = skipSpace(array, skipSpace(array, 0) + 1);
  while (at < array.length && array[at] !== CLOSE_ARRAY) {
    const end = skipValue(array, at);
    items.push(array.subarray(at, end));
    at = skipSpace(array, end);
    if (array[at] === COMMA) at = skipSpace(array, at + 1);
  }
  return items;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;
const CLOSE_OBJECT = 0x7d;
const CLOSE_ARRAY = 0x5d;
const isOpen = (byte: number | undefined) => byte === 0x7b || byte === 0x5b;
const isClose = (byte: number | undefined) => byte === CLOSE_OBJECT || byte === CLOSE_ARRAY;
const isSpace = (byte: number | undefined) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

function skipSpace(bytes: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(bytes[at])) at++;
  return at;
}

/** Where the value that starts here ends: behind its bracket or quote, or at what follows a number or a word. */
function skipValue(bytes: Uint8Array, from: number): number {
  let at = from;
  let depth = 0;
  while (at < bytes.length) {
    const byte = bytes[at];
    if (byte === QUOTE) at = skipString(bytes, at);
    else {
      if (depth === 0 && (byte === COMMA || isClose(byte) || isSpace(byte))) return at;
      if (isOpen(byte)) depth++;
      if (isClose(byte)) depth--;
      at++;
      if (depth > 0 || !isClose(byte)) continue;
    }
    if (depth === 0) return at;
  }
  return at;
}

function skipString(bytes: Uint8Array, from: number): number {
  let at = from + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}
