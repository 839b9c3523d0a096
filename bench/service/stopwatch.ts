import type { Met, Word } from "./load.ts";

/** Counts what a child process does from the moment that it is warm, and tells its parent. */
export interface Stopwatch {
  /** Notes one answer; false when the time is over. */
  lap(startedAt: number, good: boolean): boolean;
}

const tell = (word: Word, whenSent: () => void = () => undefined): void =>
  void process.send?.(word, undefined, undefined, whenSent);

/** `onEnd` is called once, when the figures have been sent. */
export function startStopwatch({ warmMs, ms }: { warmMs: number; ms: number }, onEnd: () => void): Stopwatch {
  const laps: number[] = [];
  let refused = 0;
  let from = 0;
  let cpu = process.cpuUsage();
  let running = true;
  setTimeout(() => {
    from = performance.now();
    cpu = process.cpuUsage();
    tell({ kind: "warm" });
  }, warmMs);
  setTimeout(() => {
    running = false;
    const { user, system } = process.cpuUsage(cpu);
    const seconds = (performance.now() - from) / 1_000;
    const met: Met = {
      requests: laps.length,
      seconds,
      refused,
      ...quantiles(laps),
      senderSeconds: (user + system) / 1e6,
    };
    tell({ kind: "met", met }, onEnd);
  }, warmMs + ms);
  return {
    lap(startedAt, good) {
      if (running && from > 0 && startedAt >= from) {
        laps.push(performance.now() - startedAt);
        if (!good) refused += 1;
      }
      return running;
    },
  };
}

function quantiles(laps: readonly number[]): Pick<Met, "p50" | "p99"> {
  const sorted = Float64Array.from(laps).sort();
  const at = (part: number) => sorted[Math.floor(part * sorted.length)] ?? Number.NaN;
  return { p50: at(0.5), p99: at(0.99) };
}
