import { setTimeout as pause } from "node:timers/promises";
import { Failure } from "../domain/fault.ts";
import { codeOf } from "./failures.ts";
import type { S3Limits } from "./s3-limits.ts";
import { S3Refusal, S3Stall } from "./s3-refusal.ts";

/** The server is away, restarting, or closed an idle connection at the moment it was used again. */
const CONNECTION_CODES: readonly unknown[] = [
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "ENOTFOUND",
  "EAI_AGAIN",
];
const BUSY_STATUSES: readonly number[] = [429, 500, 502, 503, 504];

export const isBusy = (status: number): boolean => BUSY_STATUSES.includes(status);

function isTransient(error: unknown): boolean {
  const cause = error instanceof Failure ? error.cause : error;
  return cause instanceof S3Refusal ? isBusy(cause.status) : CONNECTION_CODES.includes(codeOf(cause));
}

/** Repeats what may be repeated, while the failure is one that passes by itself. */
export async function retrying<T>(
  { triesMax, pauseMs }: S3Limits,
  signal: AbortSignal,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (signal.aborted || tries >= triesMax || !isTransient(error)) throw error;
    }
    // Half of it by chance, or all that waited for one server come back in the same instant.
    const ms = pauseMs * 2 ** (tries - 1);
    await pause(ms / 2 + Math.random() * (ms / 2), undefined, { signal });
  }
}

/** Runs `work` under a signal that aborts with `signal`, and by itself after `ms`. */
export async function limited<T>(
  ms: number,
  signal: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  signal?.throwIfAborted();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(new S3Stall(ms, "answer")), ms);
  const onAbort = () => limit.abort(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await work(limit.signal);
  } catch (error) {
    // Whatever an aborted request fails with, the reason says why.
    throw limit.signal.aborted ? limit.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}
