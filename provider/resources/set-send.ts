import { randomUUID } from "node:crypto";
import { writeBatch } from "../../api/batch.ts";
import { type BatchWrite, batchesOf } from "../../api/batch-body.ts";
import { ProblemError } from "../../api/failures.ts";
import { problemNameOf, type RefusedOperation } from "../../api/problem.ts";
import type { Session } from "../schema/provider.ts";
import type { Store } from "../store/store.ts";
import { isOpen } from "./refusals.ts";
import type { SetWrite } from "./set-comparison.ts";
import { type NotedKey, notedOf } from "./set-notes.ts";

/** What became of a key that was written: what there is to note of it, or that it is gone. */
export type Fate = NotedKey | "gone";

export interface Sent {
  readonly done: ReadonlyMap<string, Fate>;
  /** Why not all was done, and the writes of the batch that failed, or of which nobody knows whether it did. */
  readonly failed?: { readonly failure: unknown; readonly perhapsDone: boolean; readonly batch: readonly SetWrite[] };
}

/**
 * Makes the writes in as many batches as they need, one after another. Each happens as a whole or not at all; with the
 * first that fails it ends. Never fails itself.
 */
export async function sendWrites(
  namespace: string,
  writes: readonly SetWrite[],
  session: Session<Store>,
): Promise<Sent> {
  const done = new Map<string, Fate>();
  for (const batch of batchesOf(writes.map((write) => ({ ...write, idempotencyKey: randomUUID() })))) {
    const failed = await sendBatch(namespace, batch, done, session);
    if (failed) return { done, failed };
  }
  return { done };
}

/** Sends a batch, and once more without what somebody else has deleted already. */
async function sendBatch(
  namespace: string,
  batch: readonly BatchWrite[],
  done: Map<string, Fate>,
  { client, signal, writeSignal }: Session<Store>,
): Promise<Sent["failed"]> {
  let left = batch;
  for (;;) {
    try {
      signal.throwIfAborted();
      const results = await writeBatch(client.api, namespace, left, { atomic: true }, writeSignal);
      for (const [index, { key }] of left.entries()) {
        const result = results[index];
        if (result?.state === "refused") throw result.error;
        done.set(key, result?.state === "written" ? notedOf(result.entry) : "gone");
      }
      return undefined;
    } catch (failure) {
      const refused = refusalsIn(failure);
      const gone = new Set(refused.filter((refusal) => isGone(left, refusal)).map(({ index }) => index));
      if (gone.size === 0 || gone.size < refused.length)
        return { failure, perhapsDone: isOpen(failure, writeSignal), batch: left };
      for (const index of gone) done.set(left[index]?.key ?? "", "gone");
      left = left.filter((_, index) => !gone.has(index));
      if (left.length === 0) return undefined;
    }
  }
}

/** The operations that a batch was refused for; none for another failure. */
export function refusalsIn(failure: unknown): readonly RefusedOperation[] {
  if (!(failure instanceof ProblemError) || problemNameOf(failure.problem.type) !== "batch-refused") return [];
  return failure.problem.operations ?? [];
}

/** Whether a delete is refused because there is nothing any more: the service then names no revision. */
export const isGone = (batch: readonly SetWrite[], { index, problem }: RefusedOperation): boolean =>
  batch[index]?.op === "delete" && problemNameOf(problem.type) === "stale" && problem.current === undefined;
