import { answeredAt, type EntryFields, type ReadKey, viewOf, withValue } from "./client.ts";
import { ProblemError } from "./failures.ts";
import { itemsOf, membersOf } from "./json-members.ts";
import { BATCH_BYTES_MAX, BATCH_OPERATIONS_MAX } from "./limits.ts";
import { problemNameOf } from "./problem.ts";
import type { BatchView, EntryView } from "./schema.ts";
import { type Answer, type Api, type Call, foreignAnswer, requestText, send } from "./transport.ts";

/** Typed calls on many keys of a namespace in one request, for every program of ours that is not the service. */

/** What must hold for a write to happen. */
export type Only = "always" | "if-absent" | "if-present" | { readonly etag: string };

/** A write among others. A put says all there is: a field that is left out is cleared. */
export type BatchWrite =
  | {
      readonly op: "put";
      readonly key: string;
      readonly fields: EntryFields & { readonly value: string };
      readonly only: Only;
      readonly idempotencyKey: string;
    }
  | {
      readonly op: "delete";
      readonly key: string;
      readonly only: Exclude<Only, "if-absent">;
      readonly idempotencyKey: string;
    };

/** What became of one write. The problem is the one with which a request of its own would have failed. */
export type WriteResult =
  | { readonly state: "written"; readonly entry: EntryView }
  /** `existed` is false when there was nothing to delete. */
  | { readonly state: "deleted"; readonly existed: boolean }
  | { readonly state: "refused"; readonly error: ProblemError };

/** What is there at one key; `failed` when the service could not read it. */
export type BatchRead = ReadKey | { readonly state: "failed"; readonly error: ProblemError };

type Told = BatchView["results"][number];

/** Bytes of values that are asked for in one request, as far as their sizes are known: the answer is kept as a whole. */
const ANSWER_BYTES_MAX = 16 * 1_024 * 1_024;
/** What surrounds the operations of a batch and separates them. */
const FRAME_BYTES = 64;
const SEPARATOR_BYTES = 2;

/**
 * Reads keys in as few requests as their sizes allow, and answers in their order. An expired key is never deleted by it.
 * Entries of a list can be given as they are.
 */
export async function readKeys(
  api: Api,
  namespace: string,
  wanted: readonly { readonly key: string; readonly size?: number }[],
  signal: AbortSignal,
): Promise<readonly BatchRead[]> {
  const read: BatchRead[] = [];
  for (const part of parts(wanted, ({ size = 0 }) => size, ANSWER_BYTES_MAX)) {
    const call = batchCall(
      namespace,
      part.map(({ key }) => JSON.stringify({ op: "get", key, peek: true })),
      false,
    );
    const answer = await send(api, call, [], signal);
    const { results } = resultsOf(api, call, answer, part.length);
    const texts = itemsOf(membersOf(answer.bytes).members.get("results") ?? Buffer.from("[]"));
    const readAt = answeredAt(answer);
    for (const [index, told] of results.entries())
      read.push(readIn(told, texts[index] ?? NOTHING, readAt, nameOf(api, call, "get", part[index]?.key)));
  }
  return read;
}

const NOTHING = Buffer.from("{}");

function readIn(told: Told, text: Uint8Array, readAt: Date, request: string): BatchRead {
  if (told.entry) {
    const value = Buffer.from(membersOf(text).members.get("value") ?? []).toString();
    return { state: "live", entry: told.entry, value, readAt };
  }
  if (told.expired) return { state: "expired", expiredAt: told.expired.expiredAt };
  const error = problemIn(told, request);
  return problemNameOf(error.problem.type) === "not-found" ? { state: "missing", readAt } : { state: "failed", error };
}

/**
 * Divides writes into what one request may carry, in their order. A write that is too large for any batch stands alone in
 * one; the service refuses it with the problem `too-large`.
 */
export const batchesOf = (writes: readonly BatchWrite[]): readonly (readonly BatchWrite[])[] =>
  parts(writes, operationBytes, BATCH_BYTES_MAX - FRAME_BYTES);

/** Bytes that a write takes in the body of a batch. */
export const operationBytes = (write: BatchWrite): number => Buffer.byteLength(operationText(write)) + SEPARATOR_BYTES;

/**
 * Makes the writes of one request, one of `batchesOf`, and answers in their order: each for itself, or with `atomic` all
 * of them or none, which fails with the problem `batch-refused`, whose `operations` name those that were refused.
 */
export async function writeBatch(
  api: Api,
  namespace: string,
  writes: readonly BatchWrite[],
  { atomic }: { readonly atomic: boolean },
  signal: AbortSignal,
): Promise<readonly WriteResult[]> {
  const call = batchCall(namespace, writes.map(operationText), atomic);
  const { results } = resultsOf(api, call, await send(api, call, [], signal), writes.length);
  return results.map((told, index): WriteResult => {
    if (told.entry) return { state: "written", entry: told.entry };
    if (told.deleted !== undefined) return { state: "deleted", existed: told.deleted };
    const write = writes[index];
    return { state: "refused", error: problemIn(told, nameOf(api, call, write?.op ?? "put", write?.key)) };
  });
}

function operationText(write: BatchWrite): string {
  const { op, key, idempotencyKey } = write;
  const said = { op, key, idempotencyKey, ...conditionOf(write.only) };
  if (write.op === "delete") return JSON.stringify(said);
  const { value, ...others } = write.fields;
  return withValue({ ...said, ...others }, value);
}

function conditionOf(only: Only): { readonly ifMatch?: string; readonly ifNoneMatch?: string } {
  if (only === "always") return {};
  if (only === "if-absent") return { ifNoneMatch: "*" };
  return { ifMatch: only === "if-present" ? "*" : `"${only.etag}"` };
}

function batchCall(namespace: string, operations: readonly string[], atomic: boolean): Call {
  return {
    method: "POST",
    path: `/namespaces/${encodeURIComponent(namespace)}/kv:batch`,
    headers: { "Content-Type": "application/json" },
    body: Buffer.from(`{"atomic":${atomic},"operations":[${operations.join(",\n")}]}`),
  };
}

function resultsOf(api: Api, call: Call, answer: Answer, count: number): BatchView {
  const view = viewOf<BatchView>(api, call, answer, "results");
  if (view.results.length !== count) throw foreignAnswer(api, call, answer);
  return view;
}

function problemIn({ status, problem }: Told, request: string): ProblemError {
  if (!problem) throw new Error(`${request}: the answer (${status}) has neither a result nor a problem.`);
  return new ProblemError(problem as ProblemError["problem"], request);
}

/** What a message calls one operation. */
const nameOf = (api: Api, call: Call, op: string, key: string | undefined): string =>
  `${requestText(api, call)} (${op} ${JSON.stringify(key)})`;

/** Parts of at most `bytesMax` and of at most as many as a batch takes, each of one item at least. */
function parts<Item>(items: readonly Item[], bytesOf: (item: Item) => number, bytesMax: number): Item[][] {
  const found: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const last = found.at(-1);
    const size = bytesOf(item);
    if (last && bytes + size <= bytesMax && last.length < BATCH_OPERATIONS_MAX) {
      last.push(item);
      bytes += size;
    } else {
      found.push([item]);
      bytes = size;
    }
  }
  return found;
}
