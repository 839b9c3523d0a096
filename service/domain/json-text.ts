import { Failure } from "./fault.ts";

/** Decodes a whole body. Fails with `invalid_value` when it is not UTF-8. */
export function textOf(bytes: Uint8Array): string {
  try {
    return STRICT.decode(bytes);
  } catch {
    throw notUtf8();
  }
}

/** A text as a JSON string, in bytes. */
export const jsonText = (text: string): Uint8Array => Buffer.from(JSON.stringify(text));

/** A text without the spaces around it that JSON ignores, and no others. A regular expression would be quadratic here. */
export function trimmed(text: string): string {
  const isSpace = (at: number) => " \n\r\t".includes(text.charAt(at));
  let [start, end] = [0, text.length];
  while (start < end && isSpace(start)) start++;
  while (end > start && isSpace(end - 1)) end--;
  return text.slice(start, end);
}

/** Plain text as one JSON string, escaped while it flows. A decoder never hands over half of a surrogate pair. */
export async function* escapedText(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const decoder = new TextDecoder("utf-8", OPTIONS);
  yield Buffer.from('"');
  try {
    for await (const chunk of bytes) yield escaped(decoder.decode(chunk, { stream: true }));
    yield escaped(decoder.decode());
  } catch (error) {
    throw error instanceof TypeError && "code" in error && error.code === "ERR_ENCODING_INVALID_ENCODED_DATA"
      ? notUtf8()
      : error;
  }
  yield Buffer.from('"');
}

/** A byte order mark is part of the text, as every other character is. */
const OPTIONS = { fatal: true, ignoreBOM: true } as const;
const STRICT = new TextDecoder("utf-8", OPTIONS);

const escaped = (text: string): Uint8Array => Buffer.from(JSON.stringify(text).slice(1, -1));

const notUtf8 = () =>
  new Failure({ kind: "invalid_value", reason: "The value is not UTF-8 text. Encode bytes as Base64 to store them." });
