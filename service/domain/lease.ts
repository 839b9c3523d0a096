import { v7 as uuidv7 } from "uuid";
import type { Upkeep } from "./upkeep-store.ts";

/** So long after its holder has died a lease ends. */
export const HELD_LEASE_MS = 30_000;
const RENEWALS = 4;
/** Between two looks at a lease that somebody else has: at first, and twice as long each time up to the longest. */
const LOOK_MS = 60;
const LOOK_MS_MAX = 1_000;

export interface HeldLease {
  /** Throws when the lease has ended, or may have, since it was taken. */
  check(): void;
  release(): Promise<void>;
}

/**
 * Takes a lease and renews it until `release`. While somebody else has it, the lease is waited for, and `waiting` called
 * where that takes seconds: that one has died when it has not come free after its whole length. Fails with the signal's reason, and with
 * `unavailable`.
 */
export async function holdLease(
  upkeep: Pick<Upkeep, "take">,
  name: string,
  waiting: () => void,
  signal: AbortSignal,
): Promise<HeldLease> {
  const holder = uuidv7();
  let askedAt = performance.now();
  let last = await upkeep.take(name, holder, HELD_LEASE_MS);
  for (let pause = LOOK_MS; last === undefined; pause = Math.min(2 * pause, LOOK_MS_MAX)) {
    if (pause === LOOK_MS_MAX) waiting();
    await new Promise((resolve) => setTimeout(resolve, pause));
    signal.throwIfAborted();
    askedAt = performance.now();
    last = await upkeep.take(name, holder, HELD_LEASE_MS);
  }
  let renewedAt = last;
  let failure: Error | undefined;
  const ended = () => new Error(`The lease "${name}" has ended.`);
  const renew = async () => {
    const asking = performance.now();
    const now = await upkeep.take(name, holder, HELD_LEASE_MS);
    // Taken anew after it had ended, it is held all the same, but others may have used the time.
    if (now === undefined || now - renewedAt > HELD_LEASE_MS) failure = ended();
    if (now === undefined) return;
    renewedAt = now;
    askedAt = asking;
  };
  let running = Promise.resolve();
  const timer = setInterval(() => {
    // What fails is tried again the next time, and shows there as a gap.
    running = running.then(renew).catch(() => undefined);
  }, HELD_LEASE_MS / RENEWALS);
  timer.unref();
  return {
    check() {
      // While nobody answers, our own clock says for how long it can still be ours.
      if (!failure && performance.now() - askedAt > HELD_LEASE_MS) failure = ended();
      if (failure) throw failure;
    },
    async release() {
      clearInterval(timer);
      await running;
      await upkeep.take(name, holder, 0);
    },
  };
}
