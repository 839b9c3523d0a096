import type { KeyPlace } from "../../api/client.ts";
import { type CurrentEntry, type Problem, problemNameOf, type RefusedOperation } from "../../api/problem.ts";
import type { CtyError } from "../cty/error.ts";
import { explain, remedyOf } from "../explain.ts";
import { attributeError, bug, type Diagnostic, DiagnosticError, error, warning } from "../schema/diagnostic.ts";
import { CHANGED, idOf, lastChange, nowAt, shellQuoted } from "./refusals.ts";
import type { SetWrite } from "./set-comparison.ts";

/** What to say when the keys of a set are not as the plan took them to be. */

/** Keys that one message names, and messages that one batch makes. */
const KEYS_NAMED_MAX = 10;

/** `"a", "b" and 3 more`. */
export function named(keys: readonly string[]): string {
  const first = keys.slice(0, KEYS_NAMED_MAX).map((key) => JSON.stringify(key));
  const more = keys.length - first.length;
  return more > 0 ? `${first.join(", ")} and ${more} more` : first.join(", ");
}

const count = (keys: number): string => (keys === 1 ? "one key" : `${keys} keys`);

export const strangersWillGo = (keys: readonly string[]): Diagnostic => {
  const detail = `The set is authoritative, and ${count(keys.length)} that it does not have will be removed: ${named(keys)}. To keep them, add them to "values" or to "ignore_keys".`;
  return warning("Keys of others will be removed", detail, [{ attribute: "authoritative" }]);
};

export const strangersFound = (keys: readonly string[]): Diagnostic => {
  const detail = `There are ${count(keys.length)} under the prefix that the set does not have: ${named(keys)}. No plan has named them, so they were left. The next one names them and removes them, unless they are in "values" or in "ignore_keys" by then.`;
  return warning("Keys of others were left", detail, [{ attribute: "authoritative" }]);
};

export const membersExpired = (keys: readonly { readonly key: string; readonly expiredAt: string }[]): Diagnostic =>
  warning(
    "Keys have expired",
    `Of the set, ${count(keys.length)}: ${named(keys.map(({ key }) => key))}. The latest did so at ${keys.map(({ expiredAt }) => expiredAt).reduce((a, b) => (a > b ? a : b))}. The plan is to create them again.`,
    [{ attribute: "values" }],
  );

export const ttlsDiffer = (keys: readonly string[]): Diagnostic =>
  warning(
    "The TTL of keys was changed outside Terraform",
    `It is another one than "ttl" says for ${count(keys.length)}: ${named(keys)}. The plan is to write them again.`,
    [{ attribute: "ttl" }],
  );

/** What is wrong with a batch that was refused as a whole: of each key what is in its way, as far as ten are told. */
export function refusedBatch(
  namespace: string,
  refused: readonly RefusedOperation[],
  writes: readonly SetWrite[],
  remedy: string,
): Diagnostic[] {
  const told = refused.slice(0, KEYS_NAMED_MAX).map(({ index, problem }) => {
    const write = writes[index];
    const key = write?.key ?? "";
    return write ? refusedWrite({ namespace, key }, write, problem, remedy) : error(problem.title, problem.detail);
  });
  const others = refused.slice(told.length).flatMap(({ index }) => writes[index]?.key ?? []);
  if (others.length > 0)
    told.push(attributeError("values", "More keys are in the way", `The same holds for ${named(others)}.`));
  return told;
}

function refusedWrite(at: KeyPlace, write: SetWrite, problem: Problem, remedy: string): Diagnostic {
  const path = [{ attribute: "values" }, { key: at.key }];
  const { current } = problem;
  switch (problemNameOf(problem.type)) {
    case "already-exists":
      return error("Key exists already", `${existing(at, current)} ${remedy}`, path);
    case "stale":
      if (!current) return error("Key deleted outside Terraform", `"${idOf(at)}" was deleted. ${remedy}`, path);
      return error(CHANGED, `${nowAt(at, current)} ${write.op === "delete" ? LEFT_BEHIND : ""}${remedy}`, path);
    default:
      return error(problem.title, `"${idOf(at)}": ${problem.detail} ${remedyOf(problem)} ${remedy}`, path);
  }
}

const existing = (at: KeyPlace, current: CurrentEntry | undefined): string =>
  `"${idOf(at)}" exists already${current ? `, at revision ${current.revision}, ${lastChange(current)}` : ""}. Terraform does not take over what it did not create. Set "adopt_existing = true" to take such keys over, or take the key out of "values".`;

/** Terraform before 1.13 deletes what the configuration has dropped by the state from before the refresh. */
const LEFT_BEHIND = 'If the key shall go nevertheless, run "terraform apply -refresh-only", then apply again. ';

export const NOTHING_WRITTEN = 'Nothing was written. Run "terraform plan" to see what is there, then apply again.';
export const NOTHING_DELETED = "Nothing was deleted.";
export const SOME_DELETED = "Keys of earlier batches were deleted. Destroy again for the rest.";
export const nothingCreated = (id: string): string =>
  `Nothing was written. To begin with all that is there, run: terraform import namespace_kv_set.<name> ${shellQuoted(id)}`;

/** A value that no batch can carry. */
export const tooLarge = (at: KeyPlace): Diagnostic =>
  error(
    "A value is too large for a set",
    `"${idOf(at)}" does not fit into a batch. Manage this key by a "namespace_kv" of its own, and name it in "ignore_keys".`,
    [{ attribute: "values" }, { key: at.key }],
  );

/** A batch of which nobody knows whether it happened. */
export const perhapsWritten = ({ summary, detail }: Diagnostic, keys: readonly string[]): Diagnostic =>
  error(
    summary,
    `${detail} Whether ${named(keys)} ${keys.length === 1 ? "was" : "were"} written is not known. Run "terraform plan" to see it; keys of which a create then says that they exist already can be taken over with "adopt_existing = true".`,
  );

/** When batches were made before one failed. On a create Terraform marks what it has as tainted. */
export const partlyWritten = (done: number, left: number, isCreate: boolean): Diagnostic =>
  error(
    "Not all keys were written",
    `${count(done)} of ${done + left} ${done === 1 ? "was" : "were"} written, and the state says which. Apply again for the rest.${
      isCreate ? ' Terraform would make the whole set anew: run "terraform untaint" on its address first to go on.' : ""
    }`,
  );

/** What a failure is to be told as, where it cannot be thrown because something was written before. */
export function diagnosticOf(failure: unknown): Diagnostic {
  return failure instanceof DiagnosticError ? failure.diagnostic : (explain(failure) ?? bug(failure));
}

/** A value that somebody stored over HTTP. The error has no part of it. */
export const unholdable = (at: KeyPlace, { reason, path }: CtyError): Diagnostic =>
  error(
    "Terraform cannot hold the value of a key",
    `In the value of "${idOf(at)}": ${reason}. Store another value over HTTP, or take the set out of Terraform's care with "terraform state rm" and import it again without this key, below a longer prefix.`,
    path,
  );

/** What is wrong with several keys where only one error can be told. */
export function inOne(diagnostics: readonly Diagnostic[]): Diagnostic {
  const [first, ...others] = diagnostics;
  if (first && others.length === 0) return first;
  return error("Not all keys can be deleted", diagnostics.map(({ detail }) => detail).join("\n\n"));
}

const FORM =
  'The ID of a set is its namespace, or its namespace, a slash, and what its keys begin with, such as "company.team/flags/".';

export const invalidSetId = (fault: string): Diagnostic => error("Invalid import ID", `${FORM} ${fault}`);

export const nothingInSet = (id: string): Diagnostic =>
  error(
    "There are no keys to import",
    `"${id}" names no key. ${FORM} Check the spelling of tenant, namespace and prefix, or leave the import out: the next apply then creates the keys.`,
  );
