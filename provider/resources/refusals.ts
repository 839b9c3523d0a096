import type { KeyPlace } from "../../api/client.ts";
import { ProblemError, UnreachableError } from "../../api/failures.ts";
import { type CurrentEntry, type Problem, type ProblemName, problemNameOf } from "../../api/problem.ts";
import { attributeError, type Diagnostic, DiagnosticError, error, warning } from "../schema/diagnostic.ts";

/** What to say when a key is not as the plan took it to be. */

export const idOf = ({ namespace, key }: KeyPlace): string => `${namespace}/${key}`;

type Explanations = Partial<Record<ProblemName, (problem: Problem) => Diagnostic>>;

/** What to throw in the place of a failure: a diagnostic for the problems that are explained here, else the failure. */
export function explained(failure: unknown, explanations: Explanations): unknown {
  const name = failure instanceof ProblemError ? problemNameOf(failure.problem.type) : undefined;
  const explain = name && explanations[name];
  return explain && failure instanceof ProblemError ? new DiagnosticError(explain(failure.problem)) : failure;
}

/** Whether the service answered with one of these problems. */
export function isProblem(failure: unknown, ...names: readonly ProblemName[]): failure is ProblemError {
  const name = failure instanceof ProblemError ? problemNameOf(failure.problem.type) : undefined;
  return name !== undefined && names.includes(name);
}

/** What to throw when a write was refused: what is wrong with the value is wrong with the attribute that gives it. */
export function aboutAttribute(failure: unknown, source: string | undefined): unknown {
  if (!(failure instanceof ProblemError)) return failure;
  const { field, title } = failure.problem;
  if (field === "value" && source !== undefined)
    return new DiagnosticError(attributeError(source, title, failure.message));
  return field === "expiresAt" ? new DiagnosticError(endHasPassed(failure.message)) : failure;
}

const endHasPassed = (message: string): Diagnostic =>
  attributeError(
    "expires_at",
    "The end has passed",
    `${message} Nothing was written. Set "expires_at" to a later instant, or take the resource out of the configuration; with "on_expire" set to "ignore" in time, a key that has ended is left alone.`,
  );

/** What to throw when a delete failed, or undefined when there is nothing any more: the service then names no revision. */
export function explainedDelete(at: KeyPlace, failure: unknown): unknown {
  if (!(failure instanceof ProblemError) || problemNameOf(failure.problem.type) !== "stale") return failure;
  const { current } = failure.problem;
  return current && new DiagnosticError(changedBeforeDelete(at, current));
}

export function existsAlready(at: KeyPlace, current: CurrentEntry | undefined): Diagnostic {
  const paragraphs = [
    `"${idOf(at)}" exists already${current ? `, at revision ${current.revision}, ${lastChange(current)}` : ""}. Terraform does not take over what it did not create. To manage the key from now on, import it and plan again:`,
    `  terraform import namespace_kv.<name> ${shellQuoted(idOf(at))}`,
    "or, in the configuration:",
    `  import {\n    to = namespace_kv.<name>\n    id = ${hclQuoted(idOf(at))}\n  }`,
  ];
  return attributeError("key", "Key exists already", paragraphs.join("\n\n"));
}

/** An update that was overtaken; `changes` names attributes that are not as in the state. */
export function changedOutside(
  at: KeyPlace,
  current: CurrentEntry | undefined,
  changes: readonly string[],
): Diagnostic {
  if (!current) return deletedOutside(at, undefined);
  const what = changes.length === 0 ? "" : ` What differs from the state: ${changes.join(", ")}.`;
  return error(CHANGED, `${nowAt(at, current)}${what} ${PLAN_AGAIN}`);
}

/** An update of a key that is gone. */
export function deletedOutside(
  at: KeyPlace,
  last: (CurrentEntry & { readonly action: string }) | undefined,
): Diagnostic {
  const how = last?.action === "delete" ? "deleted" : "changed";
  const who = last ? `, ${lastChange(last, how)}${how === "changed" ? ", and has expired since" : ""}` : "";
  return error("Key deleted outside Terraform", `"${idOf(at)}" is not there any more${who}. ${PLAN_AGAIN}`);
}

const PLAN_AGAIN = 'Nothing was written. Run "terraform plan" to see it, then apply again.';

/** A delete that was overtaken. Terraform before 1.13 deletes what the configuration has dropped by the state from before
 *  the refresh, so that another plan would not help. */
const changedBeforeDelete = (at: KeyPlace, current: CurrentEntry): Diagnostic =>
  error(
    CHANGED,
    `${nowAt(at, current)} Nothing was deleted. If the key shall go nevertheless, run "terraform apply -refresh-only", then apply again.`,
  );

export const CHANGED = "Key changed outside Terraform";

export const nowAt = (at: KeyPlace, current: CurrentEntry): string =>
  `"${idOf(at)}" is now at revision ${current.revision}, ${lastChange(current)}, after its state was read for this plan.`;

/** A create whose answer was lost or not waited for. The state cannot say what nobody knows. */
export function perhapsCreated(id: string, failure: unknown): Diagnostic {
  if (failure instanceof UnreachableError && !failure.perhapsDone)
    return error(UNREACHABLE, `${failure.message} "${id}" was not created.`);
  const why =
    failure instanceof UnreachableError ? failure.message : "Terraform was interrupted before an answer came.";
  return error(
    failure instanceof UnreachableError ? UNREACHABLE : "Interrupted",
    `${why} Whether "${id}" was created is not known: if the next apply says that it exists already, it was, and can be imported.`,
  );
}

export const UNREACHABLE = "The Namespace KV service cannot be reached";

export const expiredIsError = (at: KeyPlace, expiredAt: string): Diagnostic =>
  attributeError(
    "on_expire",
    "Key has expired",
    `"${idOf(at)}" expired at ${expiredAt}, and "on_expire" makes an error of that. Set it to "recreate" to create the key again, or to "ignore" to leave it, and apply; or take the key out of Terraform's care with "terraform state rm".`,
  );

/** A write-only value is known by its digest alone. */
export const valueChangedOutside = (at: KeyPlace, current: CurrentEntry): Diagnostic =>
  warning(
    "Write-only value changed outside Terraform",
    `The value of "${idOf(at)}" is not the one that Terraform wrote. The key is at revision ${current.revision}, ${lastChange(current)}. The plan is to write the value again, which shows as a change of "value_wo_version".`,
    [{ attribute: "value_wo_version" }],
  );

export function nothingToManage(at: KeyPlace, expiredAt: string | undefined): Diagnostic {
  const found = expiredAt === undefined ? "does not exist" : `expired at ${expiredAt}`;
  return attributeError(
    "key",
    "There is no key to manage",
    `"${idOf(at)}" ${found}, and the configuration has no value to create it with. Set "value", "value_json" or "value_wo", or see to it that whoever writes the value does so first, and apply again.`,
  );
}

export const overtakenTooOften = (at: KeyPlace): Diagnostic =>
  error(CHANGED, `"${idOf(at)}" is changed by others all the time. Nothing was written. Apply again.`);

export const expired = (at: KeyPlace, expiredAt: string): Diagnostic =>
  warning("Key has expired", `"${idOf(at)}" expired at ${expiredAt}. The plan is to create it again.`);

export function nothingToImport(at: KeyPlace, expiredAt: string | undefined): Diagnostic {
  const found = expiredAt === undefined ? "does not exist" : `expired at ${expiredAt}`;
  return error(
    "There is no key to import",
    `"${idOf(at)}" ${found}. Check the spelling of tenant, namespace and key, which is case-sensitive, or leave the import out: the next apply then creates the key.`,
  );
}

export const lastChange = ({ updatedBy, door, updateDate }: CurrentEntry, how = "changed"): string =>
  `${how} by ${updatedBy} through ${DOORS[door] ?? door} at ${updateDate}`;

const DOORS: Readonly<Record<string, string>> = {
  http: "the HTTP API",
  terraform: "Terraform",
  ui: "the web page",
  cli: "the CLI",
  flow: "a flow",
};

export const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const hclQuoted = (text: string): string => JSON.stringify(text).replaceAll(/[$%](?=\{)/g, "$&$&");
