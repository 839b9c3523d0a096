import type { IncomingMessage, ServerResponse } from "node:http";

/** Sends a request on to another server. */
export function forward(
  target: string,
  { method = "GET", url, headers }: IncomingMessage,
  body: Buffer,
): Promise<Response> {
  // These are between two neighbours; `fetch` makes its own.
  const { host: _, connection: __, "transfer-encoding": ___, "content-length": ____, ...rest } = headers;
  return fetch(`${target}${url}`, {
    method,
    headers: rest as Record<string, string>,
    body: body.length > 0 ? new Uint8Array(body) : null,
  });
}

/** Gives the other server's answer. */
export async function answer(response: ServerResponse, from: Response): Promise<void> {
  const bytes = Buffer.from(await from.arrayBuffer());
  // These are between two neighbours, or about bytes that `fetch` has unpacked.
  const {
    connection: _,
    "transfer-encoding": __,
    "content-length": ___,
    "content-encoding": ____,
    ...rest
  } = Object.fromEntries(from.headers);
  response.writeHead(from.status, rest).end(bytes);
}
