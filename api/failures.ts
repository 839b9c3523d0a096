import type { Problem } from "./problem.ts";

/** The service answered with a problem of its own. */
export class ProblemError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem, request: string) {
    super(`${request}: ${problem.detail} ${problem.remedy} (request id ${problem.requestId})`);
    this.name = "ProblemError";
    this.problem = problem;
  }
}

/** Something answered, and it was no Namespace KV service: a proxy, a login page, another program on the port. */
export class ForeignAnswerError extends Error {
  readonly status: number;

  constructor(request: string, status: number, contentType: string | null) {
    super(
      `${request}: the answer (${status}, ${contentType ?? "no content type"}) does not come from a Namespace KV service. ${hintFor(status)}`,
    );
    this.name = "ForeignAnswerError";
    this.status = status;
  }
}

/** Nothing answered, or not in time. */
export class UnreachableError extends Error {
  /** Whether what was asked may have been done all the same: false when the request never left. */
  readonly perhapsDone: boolean;
  /** Whether all the time was waited that there was. */
  readonly timedOut: boolean;

  constructor(request: string, cause: unknown, perhapsDone = !isBeforeSending(cause)) {
    super(`${request}: ${reasonOf(cause)}. Check that the service runs and that the address is right.`, { cause });
    this.name = "UnreachableError";
    this.perhapsDone = perhapsDone;
    this.timedOut = among(cause, WAITED);
  }
}

/** Whether an error, or one of its causes, has one of these names or codes. */
function among(error: unknown, words: ReadonlySet<string>): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return words.has(code) || words.has(error.name) || among(error.cause, words);
}

const WAITED = new Set(["TimeoutError", "ETIMEDOUT"]);

/** No connection came about, or its certificate was not trusted. */
const isBeforeSending = (cause: unknown): boolean => among(cause, NEVER_SENT);

const NEVER_SENT = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERR_SSL_WRONG_VERSION_NUMBER",
]);

function hintFor(status: number): string {
  if (status === 401 || status === 403 || status === 407)
    return "Something between here and the service asks for credentials: check the token or the user name and password, and the proxy.";
  if (status >= 500) return "Something before the service cannot reach it: check that the service runs.";
  return "Check the endpoint: it is the service's root, such as http://127.0.0.1:8080, without /api.";
}

/** `fetch` hides what happened in a chain of causes. */
function reasonOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.name === "TimeoutError") return "no answer came in time";
    const code = "code" in at && typeof at.code === "string" ? at.code : undefined;
    if (code !== undefined && REASONS[code]) return REASONS[code];
    if (code !== undefined && !(at.cause instanceof Error)) return `the connection failed (${code})`;
  }
  return "the connection failed";
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there (connection refused)",
  ENOTFOUND: "there is no host of this name",
  EAI_AGAIN: "the name of the host cannot be looked up",
  ECONNRESET: "the connection was closed before an answer came",
  EPIPE: "the connection was closed before an answer came",
  ETIMEDOUT: "the host does not answer",
  EHOSTUNREACH: "there is no route to the host",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the host's certificate is self-signed; name its authority in NODE_EXTRA_CA_CERTS",
  SELF_SIGNED_CERT_IN_CHAIN: "the host's certificate comes from an unknown authority; name it in NODE_EXTRA_CA_CERTS",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    "the host's certificate comes from an unknown authority; name it in NODE_EXTRA_CA_CERTS",
  CERT_HAS_EXPIRED: "the host's certificate has expired",
  ERR_SSL_WRONG_VERSION_NUMBER: "the host does not speak TLS there; perhaps the address begins with http://",
};
