import { type WriteResult, writeBatch } from "../../api/batch.ts";
import { type BatchWrite, bytesInBatch } from "../../api/batch-body.ts";
import { ForeignAnswerError } from "../../api/failures.ts";
import { BATCH_OPERATIONS_MAX } from "../../api/limits.ts";
import type { Api } from "../../api/transport.ts";
import { forAll, join, type Waiting } from "./waiting.ts";

/**
 * Writes of one namespace. One alone is a request of its own, without delay; what is asked while that is under way goes
 * together in the next, each with its own precondition, idempotency key and verdict (docs/decisions/0021).
 */
export type GatheredWrites = (asked: AskedWrite, signal: AbortSignal) => Promise<WriteResult>;

export interface AskedWrite {
  readonly write: BatchWrite;
  /** The same write, with the same idempotency key, in a request of its own. */
  readonly alone: (signal: AbortSignal) => Promise<WriteResult>;
}

type Write = Waiting<AskedWrite, WriteResult>;

/** Bytes of writes that go together. Many proxies take no more than 1 MiB in one request, unless they are told to. */
const BYTES_TOGETHER_MAX = 768 * 1_024;
/** How long those that have been answered together are waited for: they come back one after another. */
const COMPANY_MS = 5;
/** What says: not now, perhaps in a request of its own. */
const NOT_NOW = new Set([429, 502, 503, 504]);
const CONTENT_TOO_LARGE = 413;

export function gatheredWrites(api: Api, namespace: string): GatheredWrites {
  const waiting = new Set<Write>();
  let running = false;
  let together = 1;
  let lastEnd = 0;
  let wake = () => {};

  async function run(): Promise<void> {
    if (running) return;
    running = true;
    while (waiting.size > 0) {
      await company();
      const round = departing(waiting);
      await (round.length > 1 ? inOneRequest(api, namespace, round) : eachAlone(round));
      together = round.length;
      lastEnd = performance.now();
    }
    running = false;
  }

  /** Waits until as many want to write as did the last time, but not for long. */
  async function company(): Promise<void> {
    const ms = lastEnd + COMPANY_MS - performance.now();
    if (waiting.size >= together || ms <= 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        if (waiting.size < together) return;
        clearTimeout(timer);
        resolve();
      };
    });
  }

  return (asked, signal) => {
    if (bytesInBatch(asked.write) > BYTES_TOGETHER_MAX) return asked.alone(signal);
    const result = join(waiting, asked, signal);
    wake();
    void run();
    return result;
  };
}

/** Takes out those that go next. They may still be given up by their callers, each for itself. */
function departing(waiting: Set<Write>): readonly Write[] {
  const round: Write[] = [];
  let bytes = 0;
  for (const one of waiting) {
    bytes += bytesInBatch(one.ask.write);
    if (round.length > 0 && (bytes > BYTES_TOGETHER_MAX || round.length === BATCH_OPERATIONS_MAX)) break;
    round.push(one);
  }
  for (const one of round) waiting.delete(one);
  return round;
}

async function inOneRequest(api: Api, namespace: string, round: readonly Write[]): Promise<void> {
  const writes = round.map(({ ask }) => ask.write);
  try {
    const results = await forAll(round, (signal) => writeBatch(api, namespace, writes, { atomic: false }, signal));
    const told = round.map((one, index) => ({ one, result: results[index] as WriteResult }));
    for (const { one, result } of told) if (!isNotNow(result)) one.resolve(result);
    await eachAlone(told.filter(({ result }) => isNotNow(result)).map(({ one }) => one));
  } catch (error) {
    if (error instanceof ForeignAnswerError && error.status === CONTENT_TOO_LARGE) await eachAlone(round);
    else for (const one of round) one.reject(error);
  }
}

const isNotNow = (result: WriteResult): boolean =>
  result.state === "refused" && NOT_NOW.has(result.error.problem.status);

const eachAlone = (round: readonly Write[]): Promise<unknown> =>
  Promise.all(round.map(({ ask, signal, resolve, reject }) => ask.alone(signal).then(resolve, reject)));
