import { isUtf8 } from "node:buffer";
import type { Context } from "hono";

export interface AnswerInit {
  readonly status?: number;
  readonly headers: Readonly<Record<string, string>>;
}

type ResponseBody = ConstructorParameters<typeof Response>[0];

/** Up to here a body goes out as text, in one piece with its headers. */
const TEXT_BYTES_MAX = 16 * 1_024;

/**
 * An answer with all its headers. The first middleware gives the others their request id afterwards; but to touch the
 * headers of a made response turns them into the platform's own, which a small GET notices.
 */
export function answer(c: Context, body: ResponseBody, init: AnswerInit): Response {
  c.set("isIdentified", true);
  return identified(body, init, c.get("requestId"));
}

/** The same, for who has no context. */
export function identified(body: ResponseBody, { status = 200, headers }: AnswerInit, requestId: string): Response {
  // Node sends a text together with the headers, all as UTF-8; a description's bytes are UTF-8 already, said as Latin-1.
  const apart = typeof body === "string" && "description" in headers ? Buffer.from(body) : body;
  return new Response(apart, { status, headers: { ...headers, "X-Request-Id": requestId } });
}

/** JSON that is known whole, in the form in which it is sent with least work. */
export const bodyOfBytes = (bytes: Uint8Array): ResponseBody =>
  bytes.length <= TEXT_BYTES_MAX && isUtf8(bytes) ? textOf(bytes) : (bytes as Uint8Array<ArrayBuffer>);

/** Every byte of it: a TextDecoder would drop a byte order mark. */
const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
