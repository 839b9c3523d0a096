/**
 * The closed list of what an answer can complain of, as RFC 9457 problems. `type` is a path on the
 * service itself, so that it resolves to a page that explains it wherever the service runs.
 */

export interface ProblemType {
  readonly status: number;
  readonly title: string;
  /** What the caller can do about it, in one or two sentences; the page of the type shows it. */
  readonly remedy: string;
}

export const PROBLEMS = {
  "malformed-request": {
    status: 400,
    title: "The request cannot be read",
    remedy: "Correct the part of the request that `field` names; `detail` says what it must look like.",
  },
  "upload-incomplete": {
    status: 400,
    title: "The body ended before it was complete",
    remedy: "Nothing was stored. Send the request again with its whole body.",
  },
  "not-found": {
    status: 404,
    title: "Not Found",
    remedy: "Check the spelling of tenant, namespace and key; keys are case-sensitive.",
  },
  "unknown-address": {
    status: 404,
    title: "There is nothing at this address",
    remedy: "Check the path; the API lies below /api/v1/{tenant} and is described at /openapi.json.",
  },
  "method-not-allowed": {
    status: 405,
    title: "The address does not take this method",
    remedy: "Use one of the methods that the `Allow` header names.",
  },
  "upload-too-slow": {
    status: 408,
    title: "The upload took too long",
    remedy: "Nothing was stored. Send the value again over a faster connection.",
  },
  "namespace-exists": {
    status: 409,
    title: "The namespace exists already",
    remedy: "Use PUT to replace its settings, or PATCH to change some of them.",
  },
  "import-conflict": {
    status: 409,
    title: "Something else is there already",
    remedy:
      "What `import` counts as added or changed is stored. Look at the conflicts that it names, and send the import again: as it is if they are gone, with `onConflict=overwrite` to replace what is there, or with `onConflict=skip` to keep it.",
  },
  "namespace-not-empty": {
    status: 409,
    title: "The namespace still has keys",
    remedy: "Delete its keys first, or repeat the request with `force=true`; `dryRun=true` counts what would go.",
  },
  "namespace-changed": {
    status: 412,
    title: "The namespace has changed meanwhile",
    remedy: "Read the namespace again and repeat the change with its new `ETag`.",
  },
  "changes-gone": {
    status: 410,
    title: "There is no way on from this place in the log of changes",
    remedy:
      "Ask the same address with `wait=0` and without `after` for `next`, then list the keys, then watch from there; `after=oldest` begins with the oldest change that is kept.",
  },
  "already-exists": {
    status: 412,
    title: "The key exists already",
    remedy: "Read the key first, or leave out `If-None-Match: *` and `overwrite=false` to replace its value.",
  },
  "batch-refused": {
    status: 409,
    title: "Not all of the batch can be written",
    remedy:
      "Nothing was written. Correct the operations that `operations` names, each with its own problem, and send the batch again; without `atomic` the others would be made.",
  },
  stale: {
    status: 412,
    title: "The key has changed meanwhile",
    remedy: "Read the key again and repeat the request with its new `ETag`.",
  },
  "other-revision": {
    status: 412,
    title: "The revision is not the one that the condition names",
    remedy:
      "Send the `ETag` that the key's list of revisions has for this revision, or leave the condition out; without `revision=` the key is read as it is now.",
  },
  "too-large": {
    status: 413,
    title: "The body is too large",
    remedy:
      "Send a value alone as the body of a PUT, with its other fields in the query string; divide a batch into several.",
  },
  "value-too-large": {
    status: 413,
    title: "The value is too large",
    remedy:
      "Nothing was stored. Send a value of at most the bytes that `detail` names, or ask the operator of the service to raise or remove NSKV_VALUE_BYTES_MAX.",
  },
  "unsupported-media-type": {
    status: 415,
    title: "The media type is not one that this address takes",
    remedy: "Send one of the media types that `detail` names.",
  },
  "range-not-satisfiable": {
    status: 416,
    title: "The range lies outside the value",
    remedy: "Ask for a range inside the number of bytes that `Content-Range` names, or for the whole value.",
  },
  "invalid-field": {
    status: 422,
    title: "A field breaks a rule",
    remedy: "Correct the field that `field` names; `detail` states the rule.",
  },
  "import-incomplete": {
    status: 422,
    title: "Not everything can be imported",
    remedy:
      "What `import` counts as added or changed is stored. Correct the lines that it names and send the whole import again: what is stored already counts as the same.",
  },
  "invalid-value": {
    status: 422,
    title: "The value does not fit",
    remedy:
      "Correct the value at the line and column that are named, or name the type that it has with `type=`; `type=STRING` takes any text.",
  },
  "idempotency-key-reused": {
    status: 422,
    title: "The Idempotency-Key belongs to another write",
    remedy: "Use a fresh `Idempotency-Key` for every new write and repeat one only with the same request.",
  },
  internal: {
    status: 500,
    title: "The service made a mistake",
    remedy: "Nothing that you did caused this. Report it with the request id.",
  },
  unavailable: {
    status: 503,
    title: "The service cannot reach its store",
    remedy: "Wait as long as `Retry-After` says and repeat the request, a write with the same `Idempotency-Key`.",
  },
} as const satisfies Record<string, ProblemType>;

export type ProblemName = keyof typeof PROBLEMS;

/** A problem as it travels (RFC 9457). `message` repeats the text where Kestra's clients look for it. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly message: string;
  /** What the caller can do about it. */
  readonly remedy: string;
  readonly requestId: string;
  /** The parameter, header or member of the body that is at fault. */
  readonly field?: string;
  readonly line?: number;
  readonly column?: number;
  /** What stands there now, for `stale` and `already-exists`. */
  readonly current?: CurrentEntry;
  /** What was refused of a batch, for `batch-refused`. */
  readonly operations?: readonly RefusedOperation[];
  /** How far an import came, an `Import` of the contract. */
  readonly import?: object;
}

/** One operation of a batch that cannot be made; `index` counts from 0. */
export interface RefusedOperation {
  readonly index: number;
  readonly key?: string;
  readonly status: number;
  readonly problem: Problem;
}

/** Who changed the key last, so that a lost race explains itself. */
export interface CurrentEntry {
  readonly revision: number;
  readonly etag: string;
  readonly updateDate: string;
  readonly updatedBy: string;
  readonly door: string;
}

/** Where the pages of the problem types lie on a service. */
export const PROBLEM_BASE = "/problems/";

export const problemTypeOf = (name: ProblemName): string => `${PROBLEM_BASE}${name}`;

/** The name of a problem's type, or undefined for a problem that is not ours. */
export function problemNameOf(type: string): ProblemName | undefined {
  const name = type.startsWith(PROBLEM_BASE) ? type.slice(PROBLEM_BASE.length) : "";
  return Object.hasOwn(PROBLEMS, name) ? (name as ProblemName) : undefined;
}
