import { channel } from "node:diagnostics_channel";
import type { Answer } from "./exchange.ts";
import { ForeignAnswerError, ProblemError, UnreachableError } from "./failures.ts";
import { type Problem, problemNameOf } from "./problem.ts";

/** How to reach one tenant of one service. */
export interface Api {
  /** The service's root, such as `http://127.0.0.1:8080`. */
  readonly endpoint: string;
  readonly tenant: string;
  /** `Authorization`, where there are credentials. */
  readonly authorization: string | undefined;
  /** Which client this is, for the history. */
  readonly door: "terraform" | "cli" | "ui" | "flow";
  /** Milliseconds that one try of a call may take. */
  readonly timeoutMs: number;
}

export interface Call {
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  /** Below the tenant, already encoded: `/namespaces/company.team/kv/a%2Fb`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array<ArrayBuffer>;
}

/** Tries of one call, the first included: a restart of the service or a hiccup of the network is ridden out. */
const TRIES_MAX = 4;
const PAUSE_MS_FIRST = 200;
/** A `Retry-After` beyond this is not waited for. */
const PAUSE_MS_MAX = 10_000;
/** Statuses that say: not now, or perhaps not again (RFC 9110, 15.6; RFC 6585, 4). */
const RETRIED = new Set([429, 500, 502, 503, 504]);

/** What is published of each try once it has ended: for logs, so neither bodies nor headers. */
export interface Tried {
  readonly method: string;
  readonly url: string;
  /** Of an answer. */
  readonly status?: number;
  /** Why there was none. */
  readonly error?: string;
  /** Until all of the answer was there. */
  readonly ms: number;
  readonly bytesSent: number;
  readonly bytesReceived: number;
}

/** Who wants to know of each try subscribes to this channel of Node's `diagnostics_channel`. */
export const TRIES_CHANNEL = "namespace-kv.api.tries";
const tries = channel(TRIES_CHANNEL);

/**
 * Sends a call and repeats it while it fails quickly; a try that has waited all its time is the last, or a caller would
 * wait four times as long as it said. Writes carry an Idempotency-Key, so that a repeat after a lost answer is no second
 * write. Any answer below 300, and those that `expected` names, are returned.
 * Fails with ProblemError, ForeignAnswerError or UnreachableError, or with the signal's reason.
 */
export async function send(api: Api, call: Call, expected: readonly number[], signal: AbortSignal): Promise<Answer> {
  let perhapsDone = false;
  for (let number = 1; ; number++) {
    const last = number === TRIES_MAX;
    let pause = PAUSE_MS_FIRST * 2 ** (number - 1) * (1 + Math.random());
    try {
      const answer = await tryOnce(api, call, signal);
      const { status, headers } = answer;
      if (status < 300 || expected.includes(status)) return answer;
      pause = Math.max(pause, retryAfterMs(headers));
      if (last || !RETRIED.has(status) || !(pause <= PAUSE_MS_MAX)) throw failureOf(api, call, answer, perhapsDone);
      perhapsDone ||= status >= 500;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UnreachableError)) throw error;
      perhapsDone ||= error.perhapsDone;
      // What an earlier try may have done is not undone by a later one that did not get through.
      if (last || error.timedOut || error.lasting)
        throw new UnreachableError(requestText(api, call), error.cause, perhapsDone);
    }
    await sleep(pause, signal);
  }
}

/** A wait in seconds or until a time (RFC 9110, 10.2.3), by the clock of whoever answered. What is neither is none. */
function retryAfterMs(headers: Answer["headers"]): number {
  const said = headers.get("retry-after")?.trim() ?? "";
  if (/^\d+$/.test(said)) return Number(said) * 1_000;
  const [until, now] = [Date.parse(said), Date.parse(headers.get("date") ?? "")];
  return Number.isNaN(until) ? 0 : until - (Number.isNaN(now) ? Date.now() : now);
}

async function tryOnce(api: Api, call: Call, signal: AbortSignal): Promise<Answer> {
  const limit = AbortSignal.timeout(api.timeoutMs);
  const authorization = api.authorization === undefined ? {} : { Authorization: api.authorization };
  const { method, body } = call;
  const headers = { "X-KV-Door": api.door, ...authorization, ...call.headers };
  const told = { method, url: urlOf(api, call), bytesSent: body?.length ?? 0 };
  const start = performance.now();
  const publish = (end: Pick<Tried, "status" | "error" | "bytesReceived">) =>
    tries.publish({ ...told, ...end, ms: Math.round(performance.now() - start) } satisfies Tried);
  try {
    // Loaded with the first request: many of the processes that Terraform starts send none.
    const { exchange } = await import("./exchange.ts");
    const answer = await exchange({ method, url: told.url, headers, body }, AbortSignal.any([signal, limit]));
    publish({ status: answer.status, bytesReceived: answer.bytes.length });
    return answer;
  } catch (error) {
    const unreachable = new UnreachableError(requestText(api, call), error);
    publish({ error: unreachable.message, bytesReceived: 0 });
    throw unreachable;
  }
}

const urlOf = (api: Api, { path }: Call): string => `${api.endpoint}/api/v1/${encodeURIComponent(api.tenant)}${path}`;

/** What a message calls the request; never its body. */
export const requestText = (api: Api, call: Call): string => `${call.method} ${urlOf(api, call)}`;

function failureOf(api: Api, call: Call, answer: Answer, perhapsDone: boolean): Error {
  const problem = problemOf(answer);
  return problem ? new ProblemError(problem, requestText(api, call)) : foreignAnswer(api, call, answer, perhapsDone);
}

/** The problem that a service of ours told, or undefined when somebody else answered. */
export function problemOf({ headers, bytes }: Answer): Problem | undefined {
  if (!headers.get("content-type")?.startsWith("application/problem+json")) return undefined;
  try {
    const problem = JSON.parse(bytes.toString()) as Partial<Problem> | null;
    return typeof problem?.type === "string" && problemNameOf(problem.type) ? (problem as Problem) : undefined;
  } catch {
    return undefined;
  }
}

/** `perhapsDone` says it of earlier tries. */
export function foreignAnswer(
  api: Api,
  call: Call,
  { status, headers }: Answer,
  perhapsDone = false,
): ForeignAnswerError {
  const type = headers.get("content-type");
  return new ForeignAnswerError(requestText(api, call), status, type, perhapsDone || status >= 500);
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(done, ms);
    function done() {
      signal.removeEventListener("abort", aborted);
      resolve();
    }
    function aborted() {
      clearTimeout(timer);
      reject(signal.reason as Error);
    }
    signal.addEventListener("abort", aborted, { once: true });
  });
}
