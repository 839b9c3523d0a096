import { Failure } from "../domain/fault.ts";
import type { Cause, Causes, QueueStats } from "../domain/telemetry.ts";

/** One request that waits for its place in a batch. */
export interface Job<Item, Answer> {
  /** When it came, by `performance.now()`. */
  readonly since: number;
  readonly item: Item;
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
  /** The request that it is done for, where requests are traced. */
  readonly cause?: Cause;
}

interface BatchLimits {
  readonly sizeMax: number;
  readonly inFlightMax: number;
  /** The same while a batch is full: nobody joins it any more, so it may as well lie ready behind those that run. */
  readonly fullInFlightMax: number;
}

export interface BatchRules<Item, Answer> extends BatchLimits {
  /** Requests that may wait; the next is refused with `unavailable`. */
  readonly waitingMax: number;
  /** How long they may wait while batches before them are slow; then they are refused likewise. */
  readonly waitingMsMax: number;
  /** Items with the same name are never in one batch, nor in two that run at once. Undefined: all are independent. */
  readonly nameOf: ((item: Item) => string) | undefined;
  /** Settles every job. A job that it forgets, or that is open when it fails, fails with it. */
  readonly run: (jobs: readonly Job<Item, Answer>[]) => Promise<void>;
  readonly causes?: Causes | undefined;
}

/** Of the time that a request may wait, what no batch takes while the database is well. */
const SLOW_SHARE = 0.1;

export interface Batcher<Item, Answer> {
  add(item: Item): Promise<Answer>;
  /** Refuses what comes from now on, and waits for what is under way. */
  close(): Promise<void>;
  stats(): QueueStats;
}

/**
 * Gathers what is asked while the statement before runs, and sends it as one. A request joins only a batch that
 * has not been sent: so its statement starts after the request did, and sees all that was answered before.
 */
export function createBatcher<Item, Answer>(rules: BatchRules<Item, Answer>): Batcher<Item, Answer> {
  const queue = createQueue<Job<Item, Answer>>(({ item }) => rules.nameOf?.(item));
  const running = new Set<Promise<void>>();
  let scheduled = false;
  let closed = false;
  let batches = 0;
  let requests = 0;

  function schedule(): void {
    if (scheduled || running.size >= atOnce(rules, queue.ready()) || queue.ready() === 0) return;
    scheduled = true;
    // All that this turn of the event loop brings still joins.
    setImmediate(() => {
      scheduled = false;
      send();
      schedule();
    });
  }

  function send(): void {
    const jobs = queue.take(rules.sizeMax);
    if (jobs.length === 0) return;
    const start = performance.now();
    batches += 1;
    requests += jobs.length;
    const run = () => settled(jobs, rules.run);
    const causes = rules.causes;
    const batch = (
      causes
        ? causes.within(
            jobs.map(({ cause }) => cause),
            run,
          )
        : run()
    ).then(() => {
      running.delete(batch);
      queue.release(jobs);
      // A database that stands still makes each batch wait in full: whoever has waited for one does not wait for the next.
      const now = performance.now();
      if (now - start > rules.waitingMsMax * SLOW_SHARE) refuseBefore(now - rules.waitingMsMax);
      schedule();
    });
    running.add(batch);
  }

  function refuseBefore(time: number): void {
    for (const job of queue.drop(({ since }) => since < time)) job.reject(refused("The database is too slow."));
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(refused("The service is stopping."));
        if (queue.waiting() >= rules.waitingMax) return reject(refused("Too many requests wait for the database."));
        queue.push({ since: performance.now(), item, resolve, reject, cause: rules.causes?.current() });
        schedule();
      }),
    async close() {
      closed = true;
      while (running.size > 0 || queue.waiting() > 0) {
        await Promise.all(running);
        // What waits behind them, or was not sent yet, goes out in the next turn.
        await new Promise(setImmediate);
      }
    },
    stats: () => ({ waiting: queue.waiting(), running: running.size, batches, requests }),
  };
}

const atOnce = ({ sizeMax, inFlightMax, fullInFlightMax }: BatchLimits, ready: number): number =>
  ready >= sizeMax ? fullInFlightMax : inFlightMax;

/** Made once: a trace costs as much as all else that is done for a batch. */
const FORGOTTEN = new Error("A batch left a request without an answer.");

const refused = (reason: string) => new Failure({ kind: "unavailable", reason });

async function settled<Item, Answer>(
  jobs: readonly Job<Item, Answer>[],
  run: BatchRules<Item, Answer>["run"],
): Promise<void> {
  try {
    await run(jobs);
    // Settling twice does nothing: this reaches only a job that `run` forgot.
    for (const job of jobs) job.reject(FORGOTTEN);
  } catch (error) {
    for (const job of jobs) job.reject(error);
  }
}

/** First come, first served; of each name one at a time. Taking and releasing cost the same however long it is. */
function createQueue<T>(nameOf: (item: T) => string | undefined) {
  let ready: T[] = [];
  /** By name, who waits behind the one that is ready or runs. */
  const behind = new Map<string, T[]>();
  let waiting = 0;
  return {
    ready: () => ready.length,
    waiting: () => waiting,
    push(item: T): void {
      waiting++;
      const name = nameOf(item);
      const line = name === undefined ? undefined : behind.get(name);
      if (line) line.push(item);
      else {
        if (name !== undefined) behind.set(name, []);
        ready.push(item);
      }
    },
    take(max: number): readonly T[] {
      const taken = ready.slice(0, max);
      ready = ready.slice(max);
      waiting -= taken.length;
      return taken;
    },
    /** Takes out all that wait and are `unwanted`. Who stood behind them moves up. */
    drop(unwanted: (item: T) => boolean): readonly T[] {
      const dropped: T[] = [];
      for (const [name, line] of behind) {
        dropped.push(...line.filter(unwanted));
        behind.set(
          name,
          line.filter((item) => !unwanted(item)),
        );
      }
      const first = ready.filter(unwanted);
      ready = ready.filter((item) => !unwanted(item));
      this.release(first);
      waiting -= dropped.length + first.length;
      return [...first, ...dropped];
    },
    release(items: readonly T[]): void {
      for (const item of items) {
        const name = nameOf(item);
        if (name === undefined) continue;
        const next = behind.get(name)?.shift();
        if (next) ready.push(next);
        else behind.delete(name);
      }
    },
  };
}
