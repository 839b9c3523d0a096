import type { Entry, Place } from "./entry.ts";
import type { Failure } from "./fault.ts";
import type { ObjectName } from "./object.ts";
import { type Stored, storeValues } from "./packs.ts";
import { findEntry } from "./reads.ts";
import { OutcomeUnknown, type StoredValue, type Verdict, type Write } from "./stores.ts";
import { eachOf } from "./work.ts";
import { type Body, refusal, type Stores, unknownOutcome, type WriteRequest, writeOf } from "./writes.ts";

/** One operation of a batch. `unreadable` is one that the caller said in a way that breaks a rule. */
export type Operation =
  | { readonly op: "get"; readonly at: Place; readonly peek: boolean }
  | { readonly op: "put"; readonly request: WriteRequest; readonly body: Body }
  | { readonly op: "delete"; readonly request: WriteRequest }
  | { readonly op: "unreadable"; readonly key: string | undefined; readonly failure: Failure };

export type Change = Operation & { readonly op: "put" | "delete" };

/** What became of one operation. The bytes of what was found are read when they are sent. */
export type Result =
  | { readonly kind: "found"; readonly entry: Entry; readonly peek: boolean }
  | { readonly kind: "written"; readonly entry: Entry }
  | { readonly kind: "deleted"; readonly deleted: boolean }
  | { readonly kind: "failed"; readonly error: unknown };

/** Operations of one batch that wait for the database at once: as many as some of its statements take. */
const OPERATIONS_AT_ONCE = 512;

/**
 * Does each operation for itself, and answers in their order. Operations on one key happen one after another, those on
 * others at once. Never fails because of an operation.
 */
export async function runEach(
  stores: Stores,
  operations: readonly Operation[],
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const results = new Array<Result>(operations.length);
  for (const round of roundsOf(operations)) {
    const answers = await runRound(
      stores,
      round.map(([, operation]) => operation),
      signal,
    );
    for (const [at, [index]] of round.entries()) results[index] = answers[at] as Result;
  }
  return results;
}

/** The operations with their places in the batch, so that in no round a key stands twice. */
function roundsOf(operations: readonly Operation[]): readonly (readonly (readonly [number, Operation])[])[] {
  const rounds: [number, Operation][][] = [];
  const earlier = new Map<string, number>();
  for (const [index, operation] of operations.entries()) {
    const key = keyOf(operation);
    const round = key === undefined ? 0 : (earlier.get(key) ?? 0);
    if (key !== undefined) earlier.set(key, round + 1);
    rounds[round] ??= [];
    rounds[round].push([index, operation]);
  }
  return rounds;
}

export const keyOf = (operation: Operation): string | undefined =>
  operation.op === "get" ? operation.at.key : operation.op === "unreadable" ? operation.key : operation.request.at.key;

async function runRound(
  stores: Stores,
  operations: readonly Operation[],
  signal: AbortSignal,
): Promise<readonly Result[]> {
  const stored = await storePuts(stores, operations, signal);
  const objects = new Fates();
  const results = await eachOf(operations, OPERATIONS_AT_ONCE, (operation): Result | Promise<Result> => {
    if (operation.op === "unreadable") return { kind: "failed", error: operation.failure };
    if (operation.op === "get") return find(stores, operation);
    const value = stored.get(operation);
    if (value && "error" in value) return { kind: "failed", error: value.error };
    return commitOne(stores, changeOf(operation, value?.value), objects);
  });
  await objects.discard(stores);
  return results;
}

export const find = (stores: Stores, { at, peek }: Operation & { op: "get" }): Promise<Result> =>
  findEntry(stores, at, peek).then(
    (entry) => ({ kind: "found", entry, peek }),
    (error: unknown) => ({ kind: "failed", error }),
  );

/** The values of all puts, by their operation. */
export async function storePuts(
  stores: Stores,
  operations: readonly Operation[],
  signal: AbortSignal,
): Promise<ReadonlyMap<Operation, Stored>> {
  const puts = operations.filter((operation) => operation.op === "put");
  const values = puts.map(({ request, body }) => ({
    at: request.at,
    body,
    secret: request.said.secret === true,
  }));
  const stored = await storeValues(stores, values, signal);
  return new Map(puts.map((operation, index) => [operation, stored[index] as Stored]));
}

export const changeOf = ({ op, request }: Change, value: StoredValue | undefined): Write => writeOf(request, op, value);

async function commitOne({ metadata }: Stores, write: Write, objects: Fates): Promise<Result> {
  try {
    const { verdict, certain } = await metadata.commit(write);
    objects.settle(write, verdict, certain);
    return resultOf(write, verdict);
  } catch (error) {
    // Without an answer nothing is known of the object, and the sweep decides.
    objects.settle(write, undefined, !(error instanceof OutcomeUnknown));
    return { kind: "failed", error: error instanceof OutcomeUnknown ? unknownOutcome(error) : error };
  }
}

export function resultOf({ at, action }: Write, verdict: Verdict): Result {
  const made = verdict.kind === "written" || verdict.kind === "repeated";
  if (action === "delete" && (made || verdict.kind === "absent")) return { kind: "deleted", deleted: made };
  return made ? { kind: "written", entry: verdict.entry } : { kind: "failed", error: refusal(at, verdict) };
}

/** Which of a batch's new objects are named by a revision now. One object may hold the values of many. */
export class Fates {
  readonly #kept = new Map<ObjectName, boolean>();

  /** `verdict` is undefined when the write did not happen, or nobody knows; `certain` says which. */
  settle({ value }: Write, verdict: Verdict | undefined, certain: boolean): void {
    if (!value) return;
    const { object } = value.slice;
    const named =
      verdict?.kind === "written" || (verdict?.kind === "repeated" && verdict.entry.slice.object === object);
    this.#kept.set(object, this.#kept.get(object) === true || named || !certain);
  }

  /** Removes those that no write names. What fails here is left to the sweep. */
  async discard({ objects }: Stores): Promise<void> {
    const unnamed = [...this.#kept].filter(([, kept]) => !kept);
    await eachOf(unnamed, OPERATIONS_AT_ONCE, ([object]) => objects.delete(object).catch(() => undefined));
  }
}
