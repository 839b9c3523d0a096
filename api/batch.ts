import { type BatchWrite, batchCall, divided, readText, writeText } from "./batch-body.ts";
import { answeredAt, type ReadKey, viewOf } from "./client.ts";
import type { Answer } from "./exchange.ts";
import { ProblemError } from "./failures.ts";
import { itemsOf, membersOf } from "./json-members.ts";
import { type Problem, problemNameOf } from "./problem.ts";
import type { BatchView, EntryView } from "./schema.ts";
import { type Api, type Call, foreignAnswer, requestText, send } from "./transport.ts";

/** Typed calls on many keys of a namespace in one request, for every program of ours that is not the service. */

/** What is there at one key; `failed` when the service could not read it. */
export type BatchRead = ReadKey | { readonly state: "failed"; readonly error: ProblemError };

/** What became of one write. The problem is the one with which a request of its own would have failed. */
export type WriteResult =
  | { readonly state: "written"; readonly entry: EntryView }
  /** `existed` is false when there was nothing to delete. */
  | { readonly state: "deleted"; readonly existed: boolean }
  | { readonly state: "refused"; readonly error: ProblemError };

type Told = BatchView["results"][number];

/** Bytes of values that are asked for in one request, as far as their sizes are known: an answer is kept as a whole. */
const ANSWER_BYTES_MAX = 16 * 1_024 * 1_024;

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
  const found: BatchRead[] = [];
  for (const part of divided(wanted, ({ size = 0 }) => size, ANSWER_BYTES_MAX)) {
    const call = batchCall(
      namespace,
      part.map(({ key }) => readText(key)),
      false,
    );
    const answer = await send(api, call, [], signal);
    const results = readsIn(answer);
    if (results?.length !== part.length) throw foreignAnswer(api, call, answer);
    for (const [index, { told, value }] of results.entries())
      found.push(readOf(told, value, answeredAt(answer), nameOf(api, call, "get", part[index]?.key)));
  }
  return found;
}

interface ToldRead {
  readonly told: Told;
  readonly value: string;
}

/** The results of an answer, values as the text that they are. Undefined when it is none of ours. */
function readsIn({ bytes }: Answer): readonly ToldRead[] | undefined {
  try {
    const results = membersOf(bytes).members.get("results");
    return results && itemsOf(results).map(readIn);
  } catch {
    return undefined;
  }
}

function readIn(result: Uint8Array): ToldRead {
  const { value = Buffer.from(""), ...others } = Object.fromEntries(membersOf(result).members);
  const told = Object.entries(others).map(([name, bytes]) => [name, JSON.parse(Buffer.from(bytes).toString())]);
  return { told: Object.fromEntries(told) as Told, value: Buffer.from(value).toString() };
}

function readOf(told: Told, value: string, readAt: Date, request: string): BatchRead {
  if (told.entry) return { state: "live", entry: told.entry, value, readAt };
  if (told.expired) return { state: "expired", expiredAt: told.expired.expiredAt };
  const error = problemIn(told, request);
  return problemNameOf(error.problem.type) === "not-found" ? { state: "missing", readAt } : { state: "failed", error };
}

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
  const call = batchCall(namespace, writes.map(writeText), atomic);
  const answer = await send(api, call, [], signal);
  const { results } = viewOf<BatchView>(api, call, answer, "results");
  if (results.length !== writes.length) throw foreignAnswer(api, call, answer);
  return writes.map(({ op, key }, index): WriteResult => {
    const told = results[index] as Told;
    if (told.entry) return { state: "written", entry: told.entry };
    if (told.deleted !== undefined) return { state: "deleted", existed: told.deleted };
    return { state: "refused", error: problemIn(told, nameOf(api, call, op, key)) };
  });
}

function problemIn({ status, problem }: Told, request: string): ProblemError {
  if (!problem) throw new Error(`${request}: the result (${status}) has neither an entry nor a problem.`);
  return new ProblemError(problem as Problem, request);
}

/** What a message calls one operation. */
const nameOf = (api: Api, call: Call, op: string, key: string | undefined): string =>
  `${requestText(api, call)} (${op} ${JSON.stringify(key)})`;
