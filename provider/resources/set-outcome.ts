import { ProblemError } from "../../api/failures.ts";
import { problemNameOf } from "../../api/problem.ts";
import { list, map, nullOf, obj, str } from "../cty/make.ts";
import { mapType, STRING } from "../cty/type.ts";
import { attribute, isKnown, type ObjectValue, type Value } from "../cty/value.ts";
import type { Diagnostic } from "../schema/diagnostic.ts";
import { withValues } from "./entry-state.ts";
import type { SetWrite } from "./set-comparison.ts";
import { type Members, membersIn, membersOf, textsIn } from "./set-members.ts";
import type { SetNotes } from "./set-notes.ts";
import { diagnosticOf, perhapsWritten, refusedBatch, tooLarge } from "./set-refusals.ts";
import { isGone, refusalsIn, type Sent } from "./set-send.ts";

/** What is there after an apply, whether all of it could be done or not. Pure. */

/** The notes after writes. */
export function notesAfter(notes: SetNotes, { done }: Pick<Sent, "done">): SetNotes {
  const [keys, strangers] = [new Map(notes.keys), new Map(notes.strangers)];
  for (const [key, fate] of done) {
    strangers.delete(key);
    if (fate === "gone") keys.delete(key);
    else keys.set(key, fate);
  }
  return { keys, strangers };
}

/** The state after all of the plan was done. */
export const stateDone = (planned: ObjectValue, { strangers }: SetNotes): ObjectValue =>
  isKnown(attribute(planned, "unmanaged_keys")) ? planned : withStrangers(planned, [...strangers.keys()]);

/** The state when some of the writes were not made: their keys are as they were. */
export function stateLeft(
  prior: ObjectValue | undefined,
  planned: ObjectValue,
  left: readonly SetWrite[],
  strangers: readonly string[],
): ObjectValue {
  const unwritten = new Set(left.map(({ key }) => key));
  const mixed = (before: Members, after: Members): ReadonlyMap<string, Value> =>
    new Map([
      ...[...after].filter(([key]) => !unwritten.has(key)),
      ...[...before].filter(([key]) => unwritten.has(key)),
    ]);
  const types = mixed(prior ? membersIn(attribute(prior, "types")) : new Map(), membersIn(attribute(planned, "types")));
  const state = withValues(planned, {
    values: obj(mixed(prior ? membersOf(prior) : new Map(), membersOf(planned))),
    types: types.size === 0 ? nullOf(mapType(STRING)) : map(STRING, types),
    ttl: attribute(prior ?? planned, "ttl"),
  });
  return withStrangers(state, strangers);
}

/** The keys of others that are there still. */
export const strangersLeft = (prior: ObjectValue | undefined, { done }: Sent): readonly string[] =>
  prior ? textsIn(attribute(prior, "unmanaged_keys")).filter((key) => !done.has(key)) : [];

const withStrangers = (set: ObjectValue, keys: readonly string[]): ObjectValue =>
  withValues(set, { unmanaged_keys: list(STRING, keys.map(str)) });

/** Why a batch could not be made; at least one error. */
export function diagnosticsOf(
  namespace: string,
  { failure, perhapsDone, batch }: NonNullable<Sent["failed"]>,
  remedy: string,
): readonly Diagnostic[] {
  const refused = refusalsIn(failure).filter((refusal) => !isGone(batch, refusal));
  if (refused.length > 0) return refusedBatch(namespace, refused, batch, remedy);
  const [first, ...others] = batch.map(({ key }) => key);
  if (first !== undefined && others.length === 0 && isTooLarge(failure)) return [tooLarge({ namespace, key: first })];
  const told = diagnosticOf(failure);
  const keys = batch.map(({ key }) => key);
  return [perhapsDone ? perhapsWritten(told, keys) : told];
}

const isTooLarge = (failure: unknown): boolean =>
  failure instanceof ProblemError && problemNameOf(failure.problem.type) === "too-large";
