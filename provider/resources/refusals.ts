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

/** An update that was overtaken. */
export function changedOutside(at: KeyPlace, current: CurrentEntry | undefined): Diagnostic {
  const remedy = 'Nothing was written. Run "terraform plan" to see it, then apply again.';
  if (!current)
    return error("Key deleted outside Terraform", `"${idOf(at)}" was deleted after the plan was made. ${remedy}`);
  return error(CHANGED, `${nowAt(at, current)} ${remedy}`);
}

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

export const expired = (at: KeyPlace, expiredAt: string): Diagnostic =>
  warning("Key has expired", `"${idOf(at)}" expired at ${expiredAt}. The plan is to create it again.`);

export function nothingToImport(at: KeyPlace, expiredAt: string | undefined): Diagnostic {
  const found = expiredAt === undefined ? "does not exist" : `expired at ${expiredAt}`;
  return error(
    "There is no key to import",
    `"${idOf(at)}" ${found}. Check the spelling of tenant, namespace and key, which is case-sensitive, or leave the import out: the next apply then creates the key.`,
  );
}

export function nothingToRead(at: KeyPlace, expiredAt: string | undefined): Diagnostic {
  const found = expiredAt === undefined ? "does not exist" : `expired at ${expiredAt}`;
  return attributeError(
    "key",
    "There is no such key",
    `"${idOf(at)}" ${found}. Check the spelling of tenant, namespace and key, which is case-sensitive. If this configuration creates the key, read it from the resource, or name the resource in depends_on.`,
  );
}

export const lastChange = ({ updatedBy, door, updateDate }: CurrentEntry): string =>
  `changed by ${updatedBy} through ${DOORS[door] ?? door} at ${updateDate}`;

const DOORS: Readonly<Record<string, string>> = {
  http: "the HTTP API",
  terraform: "Terraform",
  ui: "the web page",
  cli: "the CLI",
  flow: "a flow",
};

export const shellQuoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
const hclQuoted = (text: string): string => JSON.stringify(text).replaceAll(/[$%](?=\{)/g, "$&$&");
