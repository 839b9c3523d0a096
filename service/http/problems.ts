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
  value_too_large: "value-too-large",
  unsupported_media_type: "unsupported-media-type",
  not_found: "not-found",
  stale: "stale",
  other_revision: "other-revision",
  exists: "already-exists",
  idempotency_key_reused: "idempotency-key-reused",
  namespace_exists: "namespace-exists",
  namespace_not_empty: "namespace-not-empty",
  namespace_changed: "namespace-changed",
  range_not_satisfiable: "range-not-satisfiable",
  changes_gone: "changes-gone",
  batch_refused: "batch-refused",
  unavailable: "unavailable",
} as const satisfies Record<Exclude<Fault["kind"], "expired">, ProblemName>;

const RETRY_AFTER_SECONDS = 2;

/** What a caller is told of an `internal` problem. */
export const DEFECT = "The request met a defect of the service; its log has the details.";

/** The one writer of refusals. `more` is what this request has to add. */
export function respond(fault: Fault, requestId: string, more: Partial<Problem> = {}): Response {
  if (fault.kind === "expired") return Response.json(expiredView(fault, requestId), { status: 410 });
  return answered({ ...problemOf(fault, requestId), ...more }, headersOf(fault));
}

/** A fault as it travels inside an answer that has other parts. */
export const problemOf = (fault: Told, requestId: string): Problem =>
  problem(PROBLEM_OF[fault.kind], detailOf(fault), requestId, membersOf(fault, requestId));

export const problemResponse = (
  name: ProblemName,
  detail: string,
  requestId: string,
  headers: Readonly<Record<string, string>> = {},
): Response => answered(problem(name, detail, requestId), headers);

export function problem(name: ProblemName, detail: string, requestId: string, members: Partial<Problem> = {}): Problem {
  const { status, title, remedy } = PROBLEMS[name];
  const message = `${title}: ${detail}`;
  return { type: problemTypeOf(name), title, status, detail, message, remedy, requestId, ...members };
}

export const answered = (told: Problem, headers: Readonly<Record<string, string>> = {}): Response =>
  new Response(JSON.stringify(told), {
    status: told.status,
    headers: { "Content-Type": "application/problem+json", ...headers },
  });

type Told = Exclude<Fault, { kind: "expired" }>;

function headersOf(fault: Told): Record<string, string> {
  if (fault.kind === "unavailable") return { "Retry-After": `${RETRY_AFTER_SECONDS}` };
  if (fault.kind === "range_not_satisfiable") return { "Content-Range": `bytes */${fault.size}` };
  return {};
}

function detailOf(fault: Told): string {
  switch (fault.kind) {
    case "stale":
      return fault.current
        ? `${subject(fault.at)} is at revision ${fault.current.revision}, ${lastChange(fault.current)}, ${fault.byDate ? "which is not before the date of If-Unmodified-Since" : "and not at the one that the request names"}.`
        : `${subject(fault.at)} does not exist any more, and the request names one of its revisions.`;
    case "exists":
      return `${subject(fault.at)} exists already, at revision ${fault.current.revision}, ${lastChange(fault.current)}.`;
    case "upload_incomplete":
      return "The connection ended before the whole body had arrived.";
    case "upload_too_slow":
      return "The upload began too long ago to be kept.";
    case "too_large":
      return `A body of this media type has at most ${fault.bytesMax} bytes.`;
    case "value_too_large":
      return `A value has at most ${fault.bytesMax} bytes here.`;
    case "unsupported_media_type":
      return `This address takes ${fault.accepts.join(", ")}.`;
    case "idempotency_key_reused":
      return "The Idempotency-Key was used here before for another request.";
    case "namespace_exists":
      return `Namespace '${fault.namespace}' exists already.`;
    case "namespace_not_empty":
      return `Namespace '${fault.namespace}' has ${fault.keys} ${fault.keys === 1 ? "key" : "keys"}.`;
    case "namespace_changed":
      return `Namespace '${fault.namespace}' is not at the revision that the request names.`;
    case "range_not_satisfiable":
      return `The value has ${fault.size} bytes, and none of them lies in the range.`;
    case "changes_gone":
      return fault.why === "trimmed"
        ? `The log of changes does not go back to ${fault.after}.`
        : `The log of changes has not come as far as ${fault.after}: that place is another store's, or the store was restored since.`;
    case "batch_refused":
      return `Nothing was written, because ${fault.refusals.length} of the operations cannot be; \`operations\` names them.`;
    default:
      return fault.reason;
  }
}

function membersOf(fault: Told, requestId: string): Partial<Problem> {
  if (fault.kind === "batch_refused")
    return {
      operations: fault.refusals.map(({ index, key, fault: why }) => {
        const told = problemOf(why, requestId);
        return { index, ...(key !== undefined && { key }), status: told.status, problem: told };
      }),
    };
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

export const currentView = ({ revision, etag, updatedAt, updatedBy, door }: LastChange) => ({
  revision,
  etag,
  updateDate: updatedAt,
  updatedBy,
  door,
});

export const expiredView = ({ at, expiredAt }: Fault & { kind: "expired" }, requestId: string): ExpiredView => ({
  type: null,
  value: null,
  message: `The value of key '${at.key}' in namespace '${at.namespace}' expired at ${expiredAt}`,
  expiredAt,
  requestId,
});
