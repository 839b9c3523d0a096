import {
  type Change,
  changeOf,
  Fates,
  find,
  keyOf,
  type Operation,
  type Result,
  resultOf,
  storePuts,
} from "./batch.ts";
import { Failure, type Refusal } from "./fault.ts";
import { type CommitAll, OutcomeUnknown, type Write } from "./stores.ts";
import { eachOf } from "./work.ts";
import { type Stores, unknownOutcome } from "./writes.ts";

const READS_AT_ONCE = 512;

/**
 * Makes all puts and deletes happen or none, and answers in their order; gets tell what was there before. Fails with
 * `batch_refused`, naming those that were refused, and with `invalid` when two of them change one key.
 */
export async function runTogether(
  stores: Stores,
  operations: readonly Operation[],
  signal: AbortSignal,
): Promise<readonly Result[]> {
  checkKeys(operations);
  refuse(operations, (operation) => (operation.op === "unreadable" ? operation.failure : undefined));
  const gets = operations.filter((operation) => operation.op === "get");
  const found = await eachOf(gets, READS_AT_ONCE, (operation) => find(stores, operation));
  const changes = operations.filter((operation) => operation.op === "put" || operation.op === "delete");
  const changed = await change(stores, operations, changes, signal);
  const [ofGets, ofChanges] = [found.values(), changed.values()];
  return operations.map(({ op }) => (op === "get" ? ofGets : ofChanges).next().value as Result);
}

function checkKeys(operations: readonly Operation[]): void {
  const seen = new Map<string, number>();
  for (const [index, operation] of operations.entries()) {
    const key = operation.op === "put" || operation.op === "delete" ? keyOf(operation) : undefined;
    const first = key === undefined ? undefined : seen.get(key);
    if (first !== undefined)
      throw new Failure({
        kind: "invalid",
        field: `operations[${index}].key`,
        reason: `operations[${first}] changes the key '${key}' too; an atomic batch changes each key once.`,
      });
    if (key !== undefined) seen.set(key, index);
  }
}

async function change(
  stores: Stores,
  operations: readonly Operation[],
  changes: readonly Change[],
  signal: AbortSignal,
): Promise<readonly Result[]> {
  if (changes.length === 0) return [];
  const stored = await storePuts(stores, operations, signal);
  const objects = new Fates();
  const writes = changes.map((operation) => {
    const value = stored.get(operation);
    return changeOf(operation, value && "value" in value ? value.value : undefined);
  });
  try {
    refuse(operations, (operation) => {
      const value = stored.get(operation);
      return value && "error" in value ? value.error : undefined;
    });
    const { happened, verdicts } = await commit(stores, writes, objects);
    const results = writes.map((write, index) => {
      const verdict = verdicts[index];
      return verdict && resultOf(write, verdict);
    });
    const failures = new Map(changes.map((operation, index) => [operation as Operation, results[index]]));
    refuse(operations, (operation) => {
      const result = failures.get(operation);
      return result?.kind === "failed" ? result.error : undefined;
    });
    if (!happened) throw new Error("A batch was refused, and none of its operations.");
    return results as readonly Result[];
  } catch (error) {
    for (const write of writes) objects.settle(write, undefined, true);
    throw error;
  } finally {
    await objects.discard(stores);
  }
}

async function commit({ metadata }: Stores, writes: readonly Write[], objects: Fates): Promise<CommitAll> {
  try {
    const answer = await metadata.commitAll(writes);
    for (const [index, write] of writes.entries()) objects.settle(write, answer.verdicts[index], answer.certain);
    return answer;
  } catch (error) {
    if (!(error instanceof OutcomeUnknown)) throw error;
    for (const write of writes) objects.settle(write, undefined, false);
    throw unknownOutcome(error);
  }
}

/** Fails when the caller is to blame for any of them, naming all such; what else went wrong is passed on as it is. */
function refuse(operations: readonly Operation[], errorOf: (operation: Operation) => unknown): void {
  const refusals: Refusal[] = [];
  for (const [index, operation] of operations.entries()) {
    const error = errorOf(operation);
    if (error === undefined) continue;
    if (!(error instanceof Failure)) throw error;
    const { fault } = error;
    if (fault.kind === "unavailable" || fault.kind === "batch_refused" || fault.kind === "expired") throw error;
    refusals.push({ index, key: keyOf(operation), fault });
  }
  if (refusals.length > 0) throw new Failure({ kind: "batch_refused", refusals });
}
