import type { KeyPlace } from "../../api/client.ts";
import { isPerhapsDone, ProblemError, UnreachableError } from "../../api/failures.ts";
import { type CurrentEntry, type Problem, type ProblemName, problemNameOf } from "../../api/problem.ts";
import { explain } from "../explain.ts";
import { attributeError, type Diagnostic, DiagnosticError, error } from "../schema/diagnostic.ts";

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

export function existsAlready(at: KeyPlace, current: CurrentEntry | undefined): Diagnostic {
  const paragraphs = [
    `"${idOf(at)}" exists already${current ? `, at revision ${current.revision}, ${lastChange(current)}` : ""}. Terraform does not take over what it did not create. To manage the key from now on, import it and plan again:`,
    `  terraform import namespace_kv.<name> ${shellQuoted(idOf(at))}`,
    "or, in the configuration:",
    `  import {\n    to = namespace_kv.<name>\n    id = ${hclQuoted(idOf(at))}\n  }`,
    'With "adopt_existing = true" the next apply takes it over and writes what the configuration says.',
  ];
  return attributeError("key", "Key exists already", paragraphs.join("\n\n"));
}

export const CHANGED = "Key changed outside Terraform";

export const nowAt = (at: KeyPlace, current: CurrentEntry): string =>
  `"${idOf(at)}" is now at revision ${current.revision}, ${lastChange(current)}, after its state was read for this plan.`;

/** Whether a write that failed so may have been done all the same, or was not waited for. */
export const isOpen = (failure: unknown, signal: AbortSignal): boolean =>
  isPerhapsDone(failure) || (signal.aborted && failure === signal.reason);

/** What to throw in the place of a create's failure, where it leaves open whether there is something now. The state cannot
 *  say what nobody knows. */
export function ofCreate(id: string, failure: unknown, signal: AbortSignal): unknown {
  const told = explain(failure) ?? error("Interrupted", "Terraform was interrupted before an answer came.");
  const tell = (outcome: string) => new DiagnosticError(error(told.summary, `${told.detail} ${outcome}`));
  if (isOpen(failure, signal))
    return tell(
      `Whether "${id}" was created is not known: if the next apply says that it exists already, it was, and can be imported.`,
    );
  return failure instanceof UnreachableError ? tell(`"${id}" was not created.`) : failure;
}

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
