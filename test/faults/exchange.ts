/** A request that can be sent again as it is. */
export interface Request {
  readonly method: "GET" | "PUT" | "PATCH" | "DELETE" | "POST";
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Whether the body is sent without its length. */
  readonly chunked?: boolean;
}

export interface Answer {
  /** Undefined when none came. */
  readonly status: number | undefined;
  readonly headers: Headers;
  /** Undefined when it broke off. */
  readonly text: string | undefined;
  /** Whether nothing came for so long that the connection was given up. */
  readonly hung: boolean;
  /** Whether nobody listened there, so that nothing was sent. */
  readonly refused: boolean;
}

const CHUNK_BYTES = 256 * 1_024;

/** Sends a request and never fails: what does not come is told as such. */
export async function exchange(
  address: string,
  { method, path, headers = {}, body, chunked = false }: Request,
  msMax: number,
): Promise<Answer> {
  const signal = AbortSignal.timeout(msMax);
  const sent = chunked ? ReadableStream.from(chunksOf(Buffer.from(body ?? ""))) : (body ?? null);
  try {
    const init = { method, headers, body: sent, signal, ...(chunked && { duplex: "half" }) };
    const response = await fetch(`${address}${path}`, init as RequestInit);
    const text = await response.text().catch(() => undefined);
    return { status: response.status, headers: response.headers, text, hung: signal.aborted, refused: false };
  } catch (error) {
    const refused = error instanceof Error && /ECONNREFUSED/.test(`${(error.cause as NodeJS.ErrnoException)?.code}`);
    return { status: undefined, headers: new Headers(), text: undefined, hung: signal.aborted, refused };
  }
}

function* chunksOf(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) yield bytes.subarray(at, at + CHUNK_BYTES);
}

/** What is wrong with an answer that a store's absence explains, or undefined. */
export function brokenRefusal({ status, headers, text }: Answer): string | undefined {
  if (status !== 503) return `the answer ${status}: ${text?.slice(0, 200)}`;
  if (headers.get("content-type") !== "application/problem+json") return `a 503 of ${headers.get("content-type")}`;
  return headers.get("retry-after") === null ? "a 503 without Retry-After" : undefined;
}
