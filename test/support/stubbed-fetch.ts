import { vi } from "vitest";
import type { Answer, Sent } from "../../api/exchange.ts";

/**
 * Runs before each file of tests. A test that answers in the service's stead stubs `fetch`, as tests do everywhere, though
 * the client has left `fetch` for something that starts faster; without a stub the client's own requests go out.
 */
const nodes = globalThis.fetch;

vi.mock("../../api/exchange.ts", async (original) => {
  const { exchange } = await original<typeof import("../../api/exchange.ts")>();
  return {
    exchange: (sent: Sent, signal: AbortSignal) =>
      globalThis.fetch === nodes ? exchange(sent, signal) : byFetch(sent, signal),
  };
});

async function byFetch({ method, url, headers, body }: Sent, signal: AbortSignal): Promise<Answer> {
  const answer = await fetch(url, { method, headers, body: (body ?? null) as Uint8Array<ArrayBuffer> | null, signal });
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}
