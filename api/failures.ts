import type { Problem } from "./problem.ts";

/** The service answered with a problem of its own. */
export class ProblemError extends Error {
  readonly problem: Problem;
  /** What was asked for, as messages call it. */
  readonly request: string;

  constructor(problem: Problem, request: string) {
    super(`${request}: ${problem.detail} ${problem.remedy} (request id ${problem.requestId})`);
    this.name = "ProblemError";
    this.problem = problem;
    this.request = request;
  }
}

/** Something answered, and it was no Namespace KV service: a proxy, a login page, another program on the port. */
export class ForeignAnswerError extends Error {
  readonly status: number;
  /** Whether what was asked may have been done all the same: a proxy may have passed it on, this time or earlier. */
  readonly perhapsDone: boolean;

  constructor(request: string, status: number, contentType: string | null, perhapsDone: boolean) {
    super(
      `${request}: the answer (${status}, ${contentType ?? "no content type"}) does not come from a Namespace KV service. ${hintFor(status, request)}`,
    );
    this.name = "ForeignAnswerError";
    this.status = status;
    this.perhapsDone = perhapsDone;
  }
}

/** Nothing answered, or not in time. */
export class UnreachableError extends Error {
  /** Whether what was asked may have been done all the same: false when the request never left. */
  readonly perhapsDone: boolean;
  /** Whether all the time was waited that there was. */
  readonly timedOut: boolean;
  /** Whether another try would fail as well. */
  readonly lasting: boolean;

  constructor(request: string, cause: unknown, perhapsDone = !among(cause, NEVER_SENT)) {
    const scheme = request.includes(" http:") && among(cause, CUT_OFF) ? SPEAKS_TLS : "";
    super(`${request}: ${reasonOf(cause)}. Check that the service runs and that the address is right${scheme}.`, {
      cause,
    });
    this.name = "UnreachableError";
    this.perhapsDone = perhapsDone;
    this.timedOut = among(cause, WAITED);
    this.lasting = among(cause, LASTING);
  }
}

/** Whether a write that failed so may have been done all the same. A service that failed itself, or whose store did, does not
 *  know it either. */
export function isPerhapsDone(failure: unknown): boolean {
  if (failure instanceof ProblemError) return failure.problem.status >= 500;
  return (failure instanceof ForeignAnswerError || failure instanceof UnreachableError) && failure.perhapsDone;
}

/** Whether an error, or one of its causes, has one of these names or codes. */
function among(error: unknown, words: ReadonlySet<string>): boolean {
  if (!(error instanceof Error)) return false;
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return words.has(code) || words.has(error.name) || among(error.cause, words);
}

/** What a request without TLS meets where TLS is spoken. */
const CUT_OFF = new Set(["ECONNRESET", "EPIPE", "HPE_INVALID_CONSTANT"]);
const SPEAKS_TLS = "; if the host speaks TLS there, it begins with https://";

const WAITED = new Set(["TimeoutError", "ETIMEDOUT"]);

/** The certificate is not trusted, or there is no TLS: another try would meet the same. */
const LASTING = new Set([
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "CERT_HAS_EXPIRED",
  "ERR_TLS_CERT_ALTNAME_INVALID",
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED",
  "EPROTO",
]);

/** No connection came about. */
const NEVER_SENT = new Set([
  ...LASTING,
  "NO_CONNECTION",
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "EHOSTUNREACH",
  "ENETUNREACH",
]);

/** What stands before a service may let single keys through and not these. */
const SHARED_REQUEST = "/kv:batch";
const LET_THROUGH =
  " If requests for single keys get through, let the proxy pass on POST to addresses that end in /kv:batch: several keys of a namespace go there together.";

function hintFor(status: number, request: string): string {
  const letThrough = request.endsWith(SHARED_REQUEST) ? LET_THROUGH : "";
  if (status === 401 || status === 403 || status === 407)
    return `Something between here and the service asks for credentials: check the token or the user name and password, and the proxy.${letThrough}`;
  if (status === 413)
    return "Something before the service takes no body of this size: raise its limit, such as client_max_body_size of nginx.";
  if (status >= 500) return "Something before the service cannot reach it: check that the service runs.";
  return `Check the endpoint: it is the service's root, such as http://127.0.0.1:8080, without /api, and with https:// where it speaks TLS.${letThrough}`;
}

/** What happened may be hidden in a chain of causes. */
function reasonOf(error: unknown): string {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.name === "TimeoutError") return "no answer came in time";
    const code = "code" in at && typeof at.code === "string" ? at.code : undefined;
    if (code !== undefined && REASONS[code]) return REASONS[code];
    if (code?.startsWith("HPE_")) return "what listens there does not speak HTTP";
    if (code !== undefined && !(at.cause instanceof Error)) return `the connection failed (${code})`;
  }
  return "the connection failed";
}

const UNKNOWN_AUTHORITY = "the host's certificate comes from an unknown authority; name it in NODE_EXTRA_CA_CERTS";
const NO_TLS = "the host does not speak TLS there; perhaps the address begins with http://";

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nothing listens there (connection refused)",
  ENOTFOUND: "there is no host of this name",
  EAI_AGAIN: "the name of the host cannot be looked up",
  ECONNRESET: "the connection was closed before an answer came",
  EPIPE: "the connection was closed before an answer came",
  ETIMEDOUT: "the host does not answer",
  NO_CONNECTION: "the host does not answer",
  EHOSTUNREACH: "there is no route to the host",
  DEPTH_ZERO_SELF_SIGNED_CERT: "the host's certificate is self-signed; name its authority in NODE_EXTRA_CA_CERTS",
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID: "the host's certificate is for another name than the address has",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: "the host asks for a client's certificate, and this program has none",
  CERT_HAS_EXPIRED: "the host's certificate has expired",
  ERR_SSL_WRONG_VERSION_NUMBER: NO_TLS,
  EPROTO: NO_TLS,
};
