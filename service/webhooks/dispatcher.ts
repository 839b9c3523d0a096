import { DEAD_LETTER_DAYS, WEBHOOK_PENDING_MAX } from "../../api/limits.ts";
import type { ChangeLog } from "../domain/change-store.ts";
import type { Digester } from "../domain/digest.ts";
import { pauseAfter } from "../domain/webhook-retry.ts";
import { secretPurpose } from "../domain/webhook-signature.ts";
import type { Due, WebhookQueue } from "../domain/webhook-store.ts";
import { deliver } from "./deliver.ts";
import { handOver } from "./hand-over.ts";

export interface DispatcherRooms {
  readonly queue: WebhookQueue;
  readonly log: ChangeLog;
  readonly digester: Digester;
}

export interface DispatcherRules {
  /** Between two looks at the log when nothing wakes the dispatcher. */
  readonly pollMs: number;
  /** Seconds before each further attempt. */
  readonly retrySeconds: readonly number[];
}

interface Log {
  debug(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Dispatcher {
  /** Attempts of this process so far. */
  counts(): { readonly taken: number; readonly refused: number };
  /** Something has changed: look at once. */
  wake(): void;
  /** Breaks off the attempts under way; they are made again by whoever comes next. */
  stop(): Promise<void>;
}

/** Attempts at once, of all webhooks and of one. */
const ATTEMPTS_MAX = 64;
const ATTEMPTS_EACH_MAX = 8;
/** Longer than an attempt may take: a delivery that is not settled by then belonged to a process that died. */
const HOLD_MS = 60_000;
const FORGET_EVERY_MS = 3_600_000;

/**
 * Tells webhooks of changes, beside the dispatchers of other replicas: the log is handed over to the queue, and what is
 * due in the queue is tried. A failure of the database is logged and tried again.
 */
export function startDispatcher(rooms: DispatcherRooms, rules: DispatcherRules, log: Log): Dispatcher {
  const stopping = new AbortController();
  const attempts = new Set<Promise<void>>();
  const busy = new Map<string, number>();
  const counts = { taken: 0, refused: 0 };
  let [wakeUp, awake, forgottenAt] = [() => {}, false, 0];

  async function work(): Promise<void> {
    if (Date.now() - forgottenAt > FORGET_EVERY_MS) {
      forgottenAt = Date.now();
      await rooms.queue.forget(DEAD_LETTER_DAYS * 86_400_000);
    }
    const followers = await rooms.queue.followers(WEBHOOK_PENDING_MAX);
    const through = followers.length > 0 ? await rooms.log.settled() : 0;
    for (const follower of followers) awake = (await handOver(rooms, follower, through)) || awake;
    if (attempts.size >= ATTEMPTS_MAX) return;
    const full = [...busy].filter(([, count]) => count >= ATTEMPTS_EACH_MAX).map(([id]) => id);
    for (const due of await rooms.queue.take(ATTEMPTS_EACH_MAX, HOLD_MS, full)) begin(due);
  }

  function begin(due: Due): void {
    busy.set(due.at.id, (busy.get(due.at.id) ?? 0) + 1);
    const attempt = attemptOf(rooms, rules, due, stopping.signal)
      .then((outcome) => {
        counts[outcome] += 1;
      })
      .catch((error: unknown) => log.error({ err: error }, "the outcome of a webhook was not kept"))
      .finally(() => {
        attempts.delete(attempt);
        const left = (busy.get(due.at.id) ?? 1) - 1;
        if (left > 0) busy.set(due.at.id, left);
        else busy.delete(due.at.id);
        wake();
      });
    attempts.add(attempt);
  }

  function wake(): void {
    awake = true;
    wakeUp();
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      awake = false;
      await work().catch((error: unknown) => log.error({ err: error }, "webhooks wait: the stores do not answer"));
      if (awake) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, rules.pollMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  const running = loop();
  return {
    counts: () => counts,
    wake,
    async stop() {
      stopping.abort();
      wakeUp();
      await Promise.all([running, ...attempts]);
    },
  };
}

async function attemptOf(
  { queue, digester }: DispatcherRooms,
  { retrySeconds }: DispatcherRules,
  due: Due,
  stopping: AbortSignal,
): Promise<"taken" | "refused"> {
  const versions = due.previousSigns ? [due.secretVersion, due.secretVersion - 1] : [due.secretVersion];
  const secrets = versions.map((version) => digester.derive(secretPurpose(due.at.id, version)));
  const outcome = await deliver(due, secrets, stopping);
  if (outcome.kind === "taken") {
    await queue.delivered(due);
    return "taken";
  }
  // Broken off by us, not by the receiver: it comes back when the hold is over.
  if (stopping.aborted) return "refused";
  const retryMs = pauseAfter(due.attempts + 1, retrySeconds, outcome.retryAfterSeconds, Math.random());
  await queue.failed({ due, failure: outcome.failure, retryMs, disable: outcome.gone });
  return "refused";
}
