import { setTimeout as pause } from "node:timers/promises";
import { exchange } from "./exchange.ts";
import type { Load } from "./load.ts";
import type { Report } from "./report.ts";

/** Between two tries of a write that got no certain answer. */
const AGAIN_MS = 50;
const PROBE_MS_MAX = 20_000;

/**
 * Runs a load against a service that stays up while its stores do not. A writer who learns nothing of its write sends it
 * again, with its idempotency key, until it is told; then it goes on.
 */
export async function endure({ writers, read }: Load, address: string, until: AbortSignal): Promise<void> {
  const persist = async (writer: Load["writers"][number]) => {
    while (!until.aborted || writer.isInDoubt) {
      await writer.write(address, until);
      if (!writer.isInDoubt) continue;
      await pause(AGAIN_MS);
      await writer.repeat(address);
    }
  };
  await Promise.all([...writers.map(persist), read(address, until)]);
}

/** Asks for readiness until it is `status`. A probe that is not answered in time is a violation. */
export async function untilReady(address: string, status: 200 | 503, report: Report): Promise<void> {
  for (let last: number | undefined; last !== status; ) {
    const answer = await exchange(address, { method: "GET", path: "/readyz" }, PROBE_MS_MAX);
    if (answer.hung || answer.status === undefined) throw new Error("/readyz did not answer.");
    last = answer.status;
    if (last !== status) await pause(AGAIN_MS);
  }
  report.count(`times /readyz came to ${status}`);
}
