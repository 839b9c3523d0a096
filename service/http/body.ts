import type { Readable } from "node:stream";
import type { Context } from "hono";
import { ENVELOPE_BYTES_MAX, VALUE_HEAD_BYTES } from "../../api/limits.ts";
import { Failure } from "../domain/fault.ts";
import type { Bytes } from "../domain/stores.ts";
import { inBlocks } from "./in-blocks.ts";

/**
 * The bytes of a request: in memory when they are announced as few, else as they arrive, and then each chunk may be
 * overwritten once the next one is asked for.
 */
export const bodyBytes = async (c: Context): Promise<Bytes> =>
  (await shortBody(c)) ?? arriving(c, (chunks) => inBlocks(chunks, bodySize(c)));

async function shortBody(c: Context): Promise<Uint8Array | undefined> {
  const size = bodySize(c);
  if (size === undefined || size > VALUE_HEAD_BYTES) return undefined;
  try {
    return new Uint8Array(await c.req.raw.arrayBuffer());
  } catch (error) {
    throw new Failure({ kind: "upload_incomplete" }, { cause: error });
  }
}

/** The bytes of a request as they arrive, whatever their number, in chunks that are the reader's own. */
export const bodyFlow = (c: Context): AsyncIterable<Uint8Array> => arriving(c, (chunks) => chunks);

/** The number of bytes that the caller announced, or undefined. */
export function bodySize(c: Context): number | undefined {
  const announced = c.req.header("content-length");
  if (announced !== undefined) return Number(announced);
  return c.req.header("transfer-encoding") === undefined ? 0 : undefined;
}

/** A body that is read as a whole, of at most `bytesMax`. Fails with `too_large`. */
export async function envelopeBytes(c: Context, bytesMax = ENVELOPE_BYTES_MAX): Promise<Uint8Array> {
  const tooLarge = () => new Failure({ kind: "too_large", bytesMax });
  if ((bodySize(c) ?? 0) > bytesMax) throw tooLarge();
  const bytes = await shortBody(c);
  if (bytes) return bytes;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of bodyFlow(c)) {
    length += chunk.length;
    if (length > bytesMax) throw tooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** What a small JSON body says; `{}` for none. Fails with `malformed`, field `body`. */
export function jsonOrNothing(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return {};
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch {
    throw new Failure({ kind: "malformed", field: "body", reason: "The body must be a JSON object, or empty." });
  }
}

/**
 * A body that breaks off says so, whatever the transport calls it. It is read from Node's own stream: the platform's
 * wraps each chunk in promises of its own. When somebody stops early, because of what it has read, the rest is thrown
 * away and not cancelled: that would end the connection under the answer. The server hangs up on whoever sends on for long.
 */
async function* arriving(
  c: Context,
  read: (chunks: AsyncIterable<Buffer>) => AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const { incoming } = c.env as { readonly incoming: Readable };
  try {
    yield* read(incoming.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>);
  } catch (error) {
    throw new Failure({ kind: "upload_incomplete" }, { cause: error });
  } finally {
    incoming.resume();
  }
}
