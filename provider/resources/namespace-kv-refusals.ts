import type { KeyPlace } from "../../api/client.ts";
import { ProblemError } from "../../api/failures.ts";
import type { CurrentEntry } from "../../api/problem.ts";
import { explain } from "../explain.ts";
import { attributeError, type Diagnostic, DiagnosticError, error, warning } from "../schema/diagnostic.ts";
import { CHANGED, idOf, lastChange, nowAt } from "./refusals.ts";

/** What namespace_kv alone says when a key is not as its plan took it to be. */

/** What to throw when a write was refused: what is wrong with the value is wrong with the attribute that gives it. */
export function aboutAttribute(failure: unknown, source: string | undefined): unknown {
  if (!(failure instanceof ProblemError)) return failure;
  const { field, detail } = failure.problem;
  if (field === "expiresAt") return new DiagnosticError(endHasPassed(`${failure.request}: ${detail}`));
  const told = field === "value" ? explain(failure) : undefined;
  return told && source ? new DiagnosticError({ ...told, path: [{ attribute: source }] }) : failure;
}

const endHasPassed = (message: string): Diagnostic =>
  attributeError(
    "expires_at",
    "The end has passed",
    `${message} Nothing was written. Set "expires_at" to a later instant, or take the resource out of the configuration; with "on_expire" set to "ignore" in time, a key that has ended is left alone.`,
  );

/** An update that was overtaken; `changes` names attributes that are not as in the state. */
export function changedOutside(
  at: KeyPlace,
  current: CurrentEntry | undefined,
  changes: readonly string[],
): Diagnostic {
  if (!current) return deletedOutside(at, undefined);
  return error(CHANGED, `${nowAt(at, current)}${what(changes)} ${PLAN_AGAIN}`);
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

const what = (changes: readonly string[]): string =>
  changes.length === 0 ? "" : ` What differs from the state: ${changes.join(", ")}.`;

/** A delete that was overtaken. Terraform before 1.13 deletes what the configuration has dropped by the state from before
 *  the refresh, so that another plan would not help. */
export const changedBeforeDelete = (at: KeyPlace, current: CurrentEntry, changes: readonly string[]): Diagnostic =>
  error(
    CHANGED,
    `${nowAt(at, current)}${what(changes)} Nothing was deleted. If the key shall go nevertheless, run "terraform apply -refresh-only", then apply again.`,
  );

export const expired = (at: KeyPlace, expiredAt: string): Diagnostic =>
  warning("Key has expired", `"${idOf(at)}" expired at ${expiredAt}. The plan is to create it again.`);

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
