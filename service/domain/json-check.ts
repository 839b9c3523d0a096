import { JSON_DEPTH_MAX, JSON_NUMBER_LENGTH_MAX } from "../../api/limits.ts";
import { Failure } from "./fault.ts";

/** What the next byte may belong to. */
type Expect =
  | "value"
  | "first-item"
  | "first-name"
  | "name"
  | "colon"
  | "comma"
  | "end"
  | "string"
  | "escape"
  | "hex"
  | "number"
  | "word";

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const OPEN_OBJECT = 0x7b;
const OPEN_ARRAY = 0x5b;
const isSpace = (byte: number): boolean => byte === 0x20 || byte === NEWLINE || byte === 0x0d || byte === 0x09;
const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
const isHex = (byte: number): boolean => isDigit(byte) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66);

/** RFC 8259, section 6: the step that a byte leads to from each step of a number. */
const NUMBER_STEPS: Readonly<Record<string, (byte: number) => string | undefined>> = {
  "-": (byte) => (byte === 0x30 ? "0" : isDigit(byte) ? "1" : undefined),
  "0": (byte) => (byte === 0x2e ? "." : (byte | 0x20) === 0x65 ? "e" : undefined),
  "1": (byte) => (isDigit(byte) ? "1" : byte === 0x2e ? "." : (byte | 0x20) === 0x65 ? "e" : undefined),
  ".": (byte) => (isDigit(byte) ? ".1" : undefined),
  ".1": (byte) => (isDigit(byte) ? ".1" : (byte | 0x20) === 0x65 ? "e" : undefined),
  e: (byte) => (byte === 0x2b || byte === 0x2d ? "e+" : isDigit(byte) ? "e1" : undefined),
  "e+": (byte) => (isDigit(byte) ? "e1" : undefined),
  e1: (byte) => (isDigit(byte) ? "e1" : undefined),
};
const NUMBER_ENDS = new Set(["0", "1", ".1", "e1"]);
const WORDS: Readonly<Record<number, string>> = { 116: "true", 102: "false", 110: "null" };

/** 1 for each byte that stands for itself inside a string: ASCII without quote, backslash and what must be escaped. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, byte) =>
  byte >= 0x20 && byte < 0x80 && byte !== QUOTE && byte !== BACKSLASH ? 1 : 0,
);

/** From here on a run of plain bytes is worth a view of its words; making one costs as much as some hundred bytes do. */
const LONG_BYTES = 1_024;

/** Where the plain bytes from `at` on end. Most bytes of large values pass here, so it looks at nothing else, four at a time. */
function plainUntil(chunk: Uint8Array, at: number): number {
  const short = Math.min(chunk.length, at + LONG_BYTES);
  let end = at;
  while (
    end + 3 < short &&
    (PLAIN[chunk[end] as number] as number) &
      (PLAIN[chunk[end + 1] as number] as number) &
      (PLAIN[chunk[end + 2] as number] as number) &
      (PLAIN[chunk[end + 3] as number] as number)
  )
    end += 4;
  while (end < short && PLAIN[chunk[end] as number] === 1) end++;
  if (end === short && end < chunk.length) end = plainWordsUntil(chunk, end);
  while (end < chunk.length && PLAIN[chunk[end] as number] === 1) end++;
  return end;
}

/** Where the words of plain bytes end, eight at a time, or a byte before the first word is not plain. */
function plainWordsUntil(chunk: Uint8Array, at: number): number {
  const aligned = at + (-(chunk.byteOffset + at) & 3);
  for (let end = at; end < aligned; end++) if (PLAIN[chunk[end] as number] !== 1) return end;
  const words = new Int32Array(chunk.buffer, chunk.byteOffset + aligned, (chunk.length - aligned) >> 2);
  const last = words.length - WORDS_AT_ONCE;
  let index = 0;
  while (index <= last && arePlain(words, index)) index += WORDS_AT_ONCE;
  return aligned + index * 4;
}

const WORDS_AT_ONCE = 8;

/** All bytes of so many words at once: the mark of one that is not plain is seen in what the words have together. */
const arePlain = (words: Int32Array, at: number): boolean =>
  ((marked(words[at] as number) |
    marked(words[at + 1] as number) |
    marked(words[at + 2] as number) |
    marked(words[at + 3] as number) |
    marked(words[at + 4] as number) |
    marked(words[at + 5] as number) |
    marked(words[at + 6] as number) |
    marked(words[at + 7] as number)) &
    0x80808080) ===
  0;

const NO_BRACKETS = new Uint8Array();

/**
 * A byte has its highest bit set when it is no ASCII, or gets it by a subtraction: of 0x21 when it is below 0x20 or a quote
 * (which `^ 2` makes the 0x20 that is missing), of 1 when it is a backslash (graphics.stanford.edu/~seander/bithacks.html,
 * "haszero" and "hasless"). A byte that borrows from the next one is marked itself.
 */
const marked = (word: number): number => word | ((word ^ 0x02020202) - 0x21212121) | ((word ^ 0x5c5c5c5c) - 0x01010101);

/**
 * Checks one JSON document (RFC 8259) while its bytes flow by and keeps none of them. Depth and the length of a
 * number are bounded, UTF-8 is checked, names may repeat, `\ud800` may stand alone: values may hold what JSON may.
 * `push` and `end` fail with `invalid_value`, naming line and column; the text at fault is never in the message.
 */
export class JsonChecker {
  #expect: Expect = "value";
  /** One byte for each open bracket: 1 an object, 0 an array. Made for the first one: most values have none. */
  #open = NO_BRACKETS;
  #depth = 0;
  #inName = false;
  #hexLeft = 0;
  #numberStep = "";
  #numberLength = 0;
  #word = "";
  /** UTF-8: bytes still to come of one character, and the bounds of the next one (Unicode 15, table 3-7). */
  #tail = 0;
  #tailMin = 0x80;
  #tailMax = 0xbf;
  /** Bytes before this chunk; bytes and continuation bytes up to here that do not count for the column. */
  #before = 0;
  #line = 1;
  #lineStart = 0;
  #continuations = 0;

  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      const byte = chunk[at] as number;
      if (this.#expect === "string") at = this.#string(chunk, at);
      else if (this.#expect === "number") at = this.#number(byte, at);
      else {
        if (this.#expect === "escape") this.#escape(byte, at);
        else if (this.#expect === "hex") this.#hex(byte, at);
        else if (this.#expect === "word") this.#wordByte(byte, at);
        else if (byte === NEWLINE) this.#newline(at);
        else if (!isSpace(byte)) this.#structure(byte, at);
        at++;
      }
    }
    this.#before += chunk.length;
  }

  end(): void {
    if (this.#expect === "number" && NUMBER_ENDS.has(this.#numberStep)) this.#valueDone();
    if (this.#expect !== "end") this.#refuse(0, "the document ends too early");
  }

  /** Runs to the string's end or the chunk's; most bytes of most values pass here. */
  #string(chunk: Uint8Array, from: number): number {
    let at = from;
    for (; at < chunk.length; at++) {
      if (this.#tail === 0) at = plainUntil(chunk, at);
      if (at === chunk.length) break;
      const byte = chunk[at] as number;
      if (this.#tail > 0 || byte >= 0x80) this.#utf8(byte, at);
      else if (byte === QUOTE) {
        this.#expect = this.#inName ? "colon" : "value";
        if (!this.#inName) this.#valueDone();
        return at + 1;
      } else if (byte === BACKSLASH) {
        this.#expect = "escape";
        return at + 1;
      } else if (byte < 0x20) this.#refuse(at, "a control character inside a string must be escaped");
    }
    return at;
  }

  #utf8(byte: number, at: number): void {
    if (this.#tail > 0) {
      if (byte < this.#tailMin || byte > this.#tailMax) this.#refuse(at, "the text is not UTF-8");
      this.#tail--;
      this.#tailMin = 0x80;
      this.#tailMax = 0xbf;
      this.#continuations++;
      return;
    }
    if (byte < 0xc2 || byte > 0xf4) this.#refuse(at, "the text is not UTF-8");
    this.#tail = byte < 0xe0 ? 1 : byte < 0xf0 ? 2 : 3;
    if (byte === 0xe0) this.#tailMin = 0xa0;
    if (byte === 0xed) this.#tailMax = 0x9f;
    if (byte === 0xf0) this.#tailMin = 0x90;
    if (byte === 0xf4) this.#tailMax = 0x8f;
  }

  #escape(byte: number, at: number): void {
    if (byte === 0x75) {
      this.#expect = "hex";
      this.#hexLeft = 4;
    } else if ('"\\/bfnrt'.includes(String.fromCharCode(byte))) this.#expect = "string";
    else this.#refuse(at, 'a backslash must be followed by one of " \\ / b f n r t u');
  }

  #hex(byte: number, at: number): void {
    if (!isHex(byte)) this.#refuse(at, "\\u must be followed by four hexadecimal digits");
    if (--this.#hexLeft === 0) this.#expect = "string";
  }

  #number(byte: number, at: number): number {
    const next = NUMBER_STEPS[this.#numberStep]?.(byte);
    if (next !== undefined) {
      this.#numberStep = next;
      if (++this.#numberLength > JSON_NUMBER_LENGTH_MAX)
        this.#refuse(at, `a number has at most ${JSON_NUMBER_LENGTH_MAX} characters`);
      return at + 1;
    }
    if (!NUMBER_ENDS.has(this.#numberStep)) this.#refuse(at, "a digit is missing in a number");
    this.#valueDone();
    return at; // this byte belongs to what comes after the number
  }

  #wordByte(byte: number, at: number): void {
    if (byte !== this.#word.charCodeAt(0)) this.#refuse(at, "expected a value");
    this.#word = this.#word.slice(1);
    if (this.#word === "") this.#valueDone();
  }

  #structure(byte: number, at: number): void {
    if (this.#expect === "comma") this.#commaOrClose(byte, at);
    else if (this.#expect === "colon") {
      if (byte !== 0x3a) this.#refuse(at, "expected ':' after a name");
      this.#expect = "value";
    } else if (this.#expect === "name" || this.#expect === "first-name") {
      if (byte === 0x7d && this.#expect === "first-name") this.#close();
      else if (byte === QUOTE) this.#startString(true);
      else this.#refuse(at, "expected a name in double quotes");
    } else if (this.#expect === "end") this.#refuse(at, "there is more after the end of the document");
    else if (byte === 0x5d && this.#expect === "first-item") this.#close();
    else this.#value(byte, at);
  }

  #value(byte: number, at: number): void {
    const word = WORDS[byte];
    if (byte === QUOTE) this.#startString(false);
    else if (byte === OPEN_OBJECT || byte === OPEN_ARRAY) {
      if (this.#depth === JSON_DEPTH_MAX)
        this.#refuse(at, `arrays and objects are nested more than ${JSON_DEPTH_MAX} deep`);
      if (this.#open === NO_BRACKETS) this.#open = new Uint8Array(JSON_DEPTH_MAX);
      this.#open[this.#depth++] = byte === OPEN_OBJECT ? 1 : 0;
      this.#expect = byte === OPEN_OBJECT ? "first-name" : "first-item";
    } else if (byte === 0x2d || isDigit(byte)) {
      this.#numberStep = byte === 0x2d ? "-" : byte === 0x30 ? "0" : "1";
      this.#numberLength = 1;
      this.#expect = "number";
    } else if (word) {
      this.#word = word.slice(1);
      this.#expect = "word";
    } else this.#refuse(at, "expected a value");
  }

  #commaOrClose(byte: number, at: number): void {
    const inObject = this.#open[this.#depth - 1] === 1;
    if (byte === 0x2c) this.#expect = inObject ? "name" : "value";
    else if (byte === (inObject ? 0x7d : 0x5d)) this.#close();
    else this.#refuse(at, inObject ? "expected ',' or '}'" : "expected ',' or ']'");
  }

  #startString(isName: boolean): void {
    this.#inName = isName;
    this.#expect = "string";
  }

  #close(): void {
    this.#depth--;
    this.#valueDone();
  }

  #valueDone(): void {
    this.#expect = this.#depth === 0 ? "end" : "comma";
  }

  #newline(at: number): void {
    this.#line++;
    this.#lineStart = this.#before + at + 1;
    this.#continuations = 0;
  }

  #refuse(at: number, reason: string): never {
    const column = this.#before + at - this.#lineStart - this.#continuations + 1;
    throw new Failure({
      kind: "invalid_value",
      reason: `The value is no JSON: ${reason} (line ${this.#line}, column ${column}).`,
      line: this.#line,
      column,
    });
  }
}

/** Passes a flowing document on, byte for byte, and fails at the first byte that breaks it. */
export async function* checkedJson(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const checker = new JsonChecker();
  for await (const chunk of bytes) {
    checker.push(chunk);
    yield chunk;
  }
  checker.end();
}
