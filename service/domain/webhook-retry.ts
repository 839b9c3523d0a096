import { WEBHOOK_RETRY_AFTER_SECONDS_MAX } from "../../api/limits.ts";

/** A tenth up or down, so that what failed together does not come back together. */
const JITTER = 0.1;

/**
 * Milliseconds until the attempt after the one that failed as number `attempt`, counted from 1; undefined when there is
 * none. A receiver may put it off by `retryAfterSeconds`, and never bring it forward.
 */
export function pauseAfter(
  attempt: number,
  schedule: readonly number[],
  retryAfterSeconds: number | undefined,
  random: number,
): number | undefined {
  const planned = schedule[attempt - 1];
  if (planned === undefined) return undefined;
  const asked = Math.min(retryAfterSeconds ?? 0, WEBHOOK_RETRY_AFTER_SECONDS_MAX);
  return Math.max(planned * (1 - JITTER + 2 * JITTER * random), asked) * 1_000;
}

/** What `Retry-After` says in seconds (RFC 9110, 10.2.3), or undefined. */
export function retryAfterSeconds(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,9}$/.test(header)) return Number(header);
  const until = Date.parse(header);
  return Number.isNaN(until) ? undefined : Math.max(0, (until - now) / 1_000);
}
