import type { Answer, Sent } from "../../api/exchange.ts";

/**
 * In the place of api/exchange.ts, for tests that answer in the service's stead by stubbing `fetch`:
 * `vi.mock("…/api/exchange.ts", () => import("…/test/support/exchange-by-fetch.ts"))`.
 */
export async function exchange({ method, url, headers, body }: Sent, signal: AbortSignal): Promise<Answer> {
  const answer = await fetch(url, { method, headers, body: (body ?? null) as Uint8Array<ArrayBuffer> | null, signal });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}
