import type { Swept } from "./domain/sweep.ts";

interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface Sweeper {
  /** Breaks off the sweep that is under way and begins no other. */
  stop(): Promise<void>;
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

  async function once(): Promise<void> {
    try {
      const swept = await sweep(stopping.signal);
      const isNews = swept !== undefined && Object.values(swept).some((count) => count > 0);
      log[isNews ? "info" : "debug"](swept ?? {}, swept ? "swept" : "another replica sweeps");
    } catch (error) {
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
  };
}
