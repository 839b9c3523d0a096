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

/** A whole answer, its body read within the time limit. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
}

/** Tries of one call, the first included: a restart of the service or a hiccup of the network is ridden out. */
const TRIES_MAX = 4;
const PAUSE_MS_FIRST = 200;
/** A `Retry-After` beyond this is not waited for. */
const PAUSE_MS_MAX = 10_000;
/** Statuses that say: not now (RFC 9110, 15.6; RFC 6585, 4). */
const RETRIED = new Set([429, 502, 503, 504]);

/**
 * Sends a call and repeats it while it fails quickly; a try that has waited all its time is the last, or a caller would
 * wait four times as long as it said. Writes carry an Idempotency-Key, so that a repeat after a lost answer is no second
 * write. Any answer below 300, and those that `expected` names, are returned.
 * Fails with ProblemError, ForeignAnswerError or UnreachableError, or with the signal's reason.
 */
export async function send(api: Api, call: Call, expected: readonly number[], signal: AbortSignal): Promise<Answer> {
  let perhapsDone = false;
  for (let tries = 1; ; tries++) {
    const last = tries === TRIES_MAX;
    let pause = PAUSE_MS_FIRST * 2 ** (tries - 1) * (1 + Math.random());
    try {
      const answer = await tryOnce(api, call, signal);
      const { status, headers } = answer;
      if (status < 300 || expected.includes(status)) return answer;
      pause = Math.max(pause, Number(headers.get("retry-after") ?? 0) * 1_000);
      if (last || !RETRIED.has(status) || !(pause <= PAUSE_MS_MAX)) throw failureOf(api, call, answer);
      perhapsDone = true;
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof UnreachableError)) throw error;
      perhapsDone ||= error.perhapsDone;
      // What an earlier try may have done is not undone by a later one that did not get through.
      if (last || error.timedOut) throw new UnreachableError(requestText(api, call), error.cause, perhapsDone);
    }
    await sleep(pause, signal);
  }
}

async function tryOnce(api: Api, call: Call, signal: AbortSignal): Promise<Answer> {
  const limit = AbortSignal.timeout(api.timeoutMs);
  const authorization = api.authorization === undefined ? {} : { Authorization: api.authorization };
  try {
    const response = await fetch(urlOf(api, call), {
      method: call.method,
      headers: { "X-KV-Door": api.door, ...authorization, ...call.headers },
      body: call.body ?? null,
      redirect: "manual", // a redirect leads to a login page or loses the method; both are better told than followed
      signal: AbortSignal.any([signal, limit]),
    });
    return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
  } catch (error) {
    throw new UnreachableError(requestText(api, call), limit.aborted ? limit.reason : error);
  }
}

const urlOf = (api: Api, { path }: Call): string => `${api.endpoint}/api/v1/${encodeURIComponent(api.tenant)}${path}`;

/** What a message calls the request; never its body. */
export const requestText = (api: Api, call: Call): string => `${call.method} ${urlOf(api, call)}`;

function failureOf(api: Api, call: Call, answer: Answer): Error {
  const problem = problemOf(answer);
  return problem ? new ProblemError(problem, requestText(api, call)) : foreignAnswer(api, call, answer);
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

export const foreignAnswer = (api: Api, call: Call, { status, headers }: Answer): ForeignAnswerError =>
  new ForeignAnswerError(requestText(api, call), status, headers.get("content-type"));

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
