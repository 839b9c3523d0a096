import { ForeignAnswerError, ProblemError, UnreachableError } from "../api/failures.ts";
import { type Problem, type ProblemName, problemNameOf } from "../api/problem.ts";
import { attributeError, type Diagnostic, error } from "./schema/diagnostic.ts";

/** Fields of a request and the attributes of resources and data sources that they come from. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    ["namespace", "key", "value", "type", "ttl", "description", "labels", "secret"].map((name) => [name, name]),
  ),
  expiresAt: "expires_at",
  allowedNamespaces: "allowed_namespaces",
  maxRevisions: "max_revisions",
  defaultTtl: "default_ttl",
};

/** What to do about a problem, in the place of the service's own remedy, which speaks to callers of HTTP. */
const REMEDIES: Partial<Record<ProblemName, (attribute: string | undefined) => string>> = {
  "invalid-field": (attribute) =>
    attribute ? `Correct "${attribute}", then plan again.` : "Correct it, then plan again.",
  "invalid-value": () =>
    'Correct the value, or set "type" to the type that it has; with type = "STRING" any text fits.',
  "not-found": () => "Check the spelling of tenant, namespace and key, which are case-sensitive, then plan again.",
  "unknown-address": () => 'Check "endpoint", and that the service is as new as the provider.',
  "method-not-allowed": () => 'Check "endpoint", and that the service is as new as the provider.',
  unavailable: () => "Run the same command again once the service reaches its store; its /readyz tells.",
};

/** Pure. Tells the request's URL, what is wrong, and what to do. Undefined for a failure that is a bug. */
export function explain(failure: unknown): Diagnostic | undefined {
  if (failure instanceof UnreachableError) return error("The Namespace KV service cannot be reached", failure.message);
  if (failure instanceof ForeignAnswerError)
    return error("The answer does not come from a Namespace KV service", failure.message);
  if (!(failure instanceof ProblemError)) return undefined;
  const { title, detail, requestId } = failure.problem;
  const attribute = attributeIn(failure.problem);
  const text = `${failure.request}: ${detail} ${remedyOf(failure.problem)} (request id ${requestId})`;
  return attribute === undefined ? error(title, text) : attributeError(attribute, title, text);
}

/** What to do about a problem, in Terraform's words. */
export function remedyOf(problem: Problem): string {
  const name = problemNameOf(problem.type);
  return (name && REMEDIES[name]?.(attributeIn(problem))) ?? problem.remedy;
}

const attributeIn = ({ field }: Problem): string | undefined =>
  field !== undefined && Object.hasOwn(ATTRIBUTES, field) ? ATTRIBUTES[field] : undefined;
