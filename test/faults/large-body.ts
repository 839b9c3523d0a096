import { createHash } from "node:crypto";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";

const MIB = 1_024 * 1_024;

/** A JSON document of about `size` bytes as it flows: objects with strings, numbers and escapes, no two alike. */
export function* documentOf(size: number): Generator<Buffer> {
  const items = Array.from({ length: 900 }, (_, n) => ({
    n,
    text: `é😀\n${"abcdefghij".repeat(100)}`,
    half: n / 2,
    ok: true,
  }));
  const block = JSON.stringify(items);
  let left = size;
  for (let number = 0; left > 0; number++) {
    const chunk = Buffer.from(`${number === 0 ? "[" : ","}{"number":${number},"items":${block}}`);
    left -= chunk.length;
    yield chunk;
  }
  yield Buffer.from("]");
}

/** A JSON string of `size` bytes and its quotes as it flows. */
export function* textOf(size: number): Generator<Buffer> {
  yield Buffer.from('"');
  for (let at = 0; at < size; at += MIB) yield Buffer.alloc(Math.min(MIB, size - at), `${at} and on `);
  yield Buffer.from('"');
}

export interface Transfer {
  readonly status: number | undefined;
  readonly bytes: number;
  readonly sha256: string;
}

/** Sends a body as fast as it is taken. Without `length` it goes in chunks. Breaks off after `breakAfter` bytes. */
export async function upload(
  url: string,
  body: Iterable<Buffer>,
  { length, breakAfter = Number.POSITIVE_INFINITY }: { readonly length?: number; readonly breakAfter?: number },
): Promise<Transfer> {
  const sent = request(url, { method: "PUT", headers: length === undefined ? {} : { "Content-Length": length } });
  const answered = once(sent, "response") as Promise<[IncomingMessage]>;
  answered.catch(() => undefined); // what breaks off is not answered
  const hash = createHash("sha256");
  let bytes = 0;
  for (const chunk of body) {
    hash.update(chunk);
    bytes += chunk.length;
    if (!sent.write(chunk)) await Promise.race([once(sent, "drain"), answered]);
    if (bytes < breakAfter) continue;
    sent.destroy();
    return { status: undefined, bytes, sha256: "" };
  }
  sent.end();
  const [answer] = await answered;
  answer.resume();
  return { status: answer.statusCode, bytes, sha256: hash.digest("hex") };
}

const VALUE = Buffer.from('"value":');

/** Reads an answer and keeps nothing of it. `asMember`: it is an entry, and its last member `value` is what counts. */
export async function download(url: string, { asMember = false } = {}): Promise<Transfer> {
  const sent = request(url);
  sent.end();
  const [answer] = (await once(sent, "response")) as [IncomingMessage];
  const hash = createHash("sha256");
  let bytes = 0;
  let held = Buffer.alloc(0);
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    const isFirst = bytes === 0 && held.length === 0;
    const part = asMember && isFirst ? chunk.subarray(chunk.indexOf(VALUE) + VALUE.length) : chunk;
    // The last byte of all closes the entry.
    const end = asMember ? part.length - 1 : part.length;
    for (const piece of asMember ? [held, part.subarray(0, end)] : [part]) {
      hash.update(piece);
      bytes += piece.length;
    }
    held = Buffer.from(part.subarray(end));
  }
  return { status: answer.statusCode, bytes, sha256: hash.digest("hex") };
}
