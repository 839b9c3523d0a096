import type { Swept } from "./domain/sweep.ts";

interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Sweeper {
  /** Breaks off the sweep that is under way and begins no other. */
  stop(): Promise<void>;
  stats(): SweepStats;
}

/** What has become of the sweeps since the start. */
export interface SweepStats {
  readonly outcomes: { done: number; elsewhere: number; failed: number };
  readonly removed: Swept;
  /** When the last one that was done here ended, in milliseconds since 1970, and how many it took. */
  lastAt: number | undefined;
  lastMs: number | undefined;
}

/**
 * Sweeps every `everyMs` or so. Each pause is half to one and a half of it, so that replicas which start at the same time
 * do not meet each time. What fails is logged and tried again the next time.
 */
export function startSweeper(
  sweep: (signal: AbortSignal) => Promise<Swept | undefined>,
  everyMs: number,
  log: Log,
): Sweeper {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  const stats = noStats();

  async function once(): Promise<void> {
    const start = performance.now();
    try {
      const swept = await sweep(stopping.signal);
      record(stats, swept, performance.now() - start);
      const isNews = swept !== undefined && Object.values(swept).some((count) => count > 0);
      log[isNews ? "info" : "debug"](swept ?? {}, swept ? "swept" : "another replica sweeps");
    } catch (error) {
      stats.outcomes.failed += 1;
      log.error({ err: error }, "the sweep failed and is tried again later");
    }
    schedule();
  }

  function schedule(): void {
    if (stopping.signal.aborted) return;
    timer = setTimeout(
      () => {
        running = once();
      },
      everyMs * (0.5 + Math.random()),
    );
    timer.unref();
  }

  schedule();
  return {
    async stop() {
      stopping.abort();
      clearTimeout(timer);
      await running;
    },
    stats: () => stats,
  };
}

const noStats = (): SweepStats => ({
  outcomes: { done: 0, elsewhere: 0, failed: 0 },
  removed: { expired: 0, forgotten: 0, revisions: 0, objects: 0, orphans: 0, changes: 0 },
  lastAt: undefined,
  lastMs: undefined,
});

function record(stats: SweepStats, swept: Swept | undefined, ms: number): void {
  if (!swept) {
    stats.outcomes.elsewhere += 1;
    return;
  }
  stats.outcomes.done += 1;
  for (const what of Object.keys(swept) as (keyof Swept)[]) stats.removed[what] += swept[what];
  stats.lastAt = Date.now();
  stats.lastMs = ms;
}
