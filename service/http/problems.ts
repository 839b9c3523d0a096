import { PROBLEMS, type Problem, type ProblemName, problemTypeOf } from "../../api/problem.ts";
import type { ExpiredView } from "../../api/schema.ts";
import type { LastChange, Place } from "../domain/entry.ts";
import type { Fault } from "../domain/fault.ts";

/** Each fault's name on the wire; a new kind of fault does not compile without one. `expired` has Kestra's shape instead. */
const PROBLEM_OF = {
  malformed: "malformed-request",
  invalid: "invalid-field",
  invalid_value: "invalid-value",
  upload_incomplete: "upload-incomplete",
  upload_too_slow: "upload-too-slow",
  too_large: "too-large",
  unsupported_media_type: "unsupported-media-type",
  not_found: "not-found",
  stale: "stale",
  exists: "already-exists",
  idempotency_key_reused: "idempotency-key-reused",
  namespace_exists: "namespace-exists",
  namespace_not_empty: "namespace-not-empty",
  namespace_changed: "namespace-changed",
  unavailable: "unavailable",
} as const satisfies Record<Exclude<Fault["kind"], "expired">, ProblemName>;

const RETRY_AFTER_SECONDS = 2;

/** The one writer of refusals. */
export function respond(fault: Fault, requestId: string): Response {
  if (fault.kind === "expired") return Response.json(expiredView(fault, requestId), { status: 410 });
  const name = PROBLEM_OF[fault.kind];
  const retry: Record<string, string> = name === "unavailable" ? { "Retry-After": `${RETRY_AFTER_SECONDS}` } : {};
  return problemResponse(name, detailOf(fault), requestId, membersOf(fault), retry);
}

export function problemResponse(
  name: ProblemName,
  detail: string,
  requestId: string,
  members: Partial<Problem> = {},
  headers: Readonly<Record<string, string>> = {},
): Response {
  const { status, title, remedy } = PROBLEMS[name];
  const message = `${title}: ${detail}`;
  const problem: Problem = { type: problemTypeOf(name), title, status, detail, message, remedy, requestId, ...members };
  return new Response(JSON.stringify(problem), {
    status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });
}

type Told = Exclude<Fault, { kind: "expired" }>;

function detailOf(fault: Told): string {
  switch (fault.kind) {
    case "stale":
      return fault.current
        ? `${subject(fault.at)} is at revision ${fault.current.revision}, ${lastChange(fault.current)}, and not at the one that the request names.`
        : `${subject(fault.at)} does not exist any more, and the request names one of its revisions.`;
    case "exists":
      return `${subject(fault.at)} exists already, at revision ${fault.current.revision}, ${lastChange(fault.current)}.`;
    case "upload_incomplete":
      return "The connection ended before the whole body had arrived.";
    case "upload_too_slow":
      return "The upload began too long ago to be kept.";
    case "too_large":
      return `A body of this media type has at most ${fault.bytesMax} bytes.`;
    case "unsupported_media_type":
      return `This address takes ${fault.accepts.join(", ")}.`;
    case "idempotency_key_reused":
      return "The Idempotency-Key was used before for another write of this key.";
    case "namespace_exists":
      return `Namespace '${fault.namespace}' exists already.`;
    case "namespace_not_empty":
      return `Namespace '${fault.namespace}' has ${fault.keys} ${fault.keys === 1 ? "key" : "keys"}.`;
    case "namespace_changed":
      return `Namespace '${fault.namespace}' is not at the revision that the request names.`;
    default:
      return fault.reason;
  }
}

function membersOf(fault: Told): Partial<Problem> {
  if (fault.kind === "malformed" || fault.kind === "invalid") return { field: fault.field };
  if (fault.kind === "invalid_value")
    return {
      field: "value",
      ...(fault.line !== undefined && { line: fault.line }),
      ...(fault.column !== undefined && { column: fault.column }),
    };
  if ((fault.kind === "stale" || fault.kind === "exists") && fault.current)
    return { current: currentView(fault.current) };
  return {};
}

const subject = ({ namespace, key }: Place) => `Key '${key}' in namespace '${namespace}'`;
const lastChange = ({ updatedBy, door, updatedAt }: LastChange) =>
  `changed by ${updatedBy} through ${door} at ${updatedAt}`;

const currentView = ({ revision, etag, updatedAt, updatedBy, door }: LastChange) => ({
  revision,
  etag,
  updateDate: updatedAt,
  updatedBy,
  door,
});

const expiredView = ({ at, expiredAt }: Fault & { kind: "expired" }, requestId: string): ExpiredView => ({
  type: null,
  value: null,
  message: `The value of key '${at.key}' in namespace '${at.namespace}' expired at ${expiredAt}`,
  expiredAt,
  requestId,
});
