import { Failure } from "../domain/fault.ts";
import type { CallWatch } from "../domain/telemetry.ts";
import type { Figure, Sample } from "./figure.ts";
import { Histogram } from "./histogram.ts";

/** Names beyond these share one series. */
const NAMES_MAX = 200;
const OTHERS = "other";

/** How a call appears in a trace; undefined without traces. */
export type TraceCall = <T>(name: string, work: () => Promise<T>) => Promise<T>;

/** What a store's calls are called in the metrics. */
export interface CallNames {
  /** Such as `nskv_database_statement`: `s_total` and `_duration_seconds` are put behind it. */
  readonly prefix: string;
  readonly label: string;
  readonly what: string;
}

interface Series {
  ok: number;
  error: number;
  aborted: number;
  readonly seconds: Histogram;
}

/** Counts the calls to one store. */
export class Calls implements CallWatch {
  readonly #names: CallNames;
  readonly #trace: TraceCall | undefined;
  readonly #series = new Map<string, Series>();

  constructor(names: CallNames, trace: TraceCall | undefined) {
    this.#names = names;
    this.#trace = trace;
  }

  async call<T>(name: string, work: () => Promise<T>): Promise<T> {
    const series = this.#seriesOf(name);
    const start = performance.now();
    try {
      const answer = await (this.#trace ? this.#trace(name, work) : work());
      series.ok += 1;
      return answer;
    } catch (error) {
      series[isTheirs(error) ? "error" : "aborted"] += 1;
      throw error;
    } finally {
      series.seconds.observe((performance.now() - start) / 1_000);
    }
  }

  figures(): readonly Figure[] {
    const { prefix, label, what } = this.#names;
    const each = (samples: (labels: Record<string, string>, series: Series) => readonly Sample[]) => () =>
      [...this.#series].flatMap(([name, series]) => samples({ [label]: name }, series));
    return [
      {
        name: `${prefix}s_total`,
        type: "counter",
        help: `${what}, by ${label} and outcome; aborted: broken off by the caller or its body.`,
        read: each((labels, { ok, error, aborted }) =>
          Object.entries({ ok, error, aborted }).map(([outcome, value]) => ({ labels: { ...labels, outcome }, value })),
        ),
      },
      {
        name: `${prefix}_duration_seconds`,
        type: "histogram",
        help: `How long they took, by ${label}; retries count one by one.`,
        read: each((labels, { seconds }) => seconds.samples(labels)),
      },
    ];
  }

  #seriesOf(name: string): Series {
    const known = this.#series.get(name);
    if (known) return known;
    if (this.#series.size >= NAMES_MAX && name !== OTHERS) return this.#seriesOf(OTHERS);
    const series = { ok: 0, error: 0, aborted: 0, seconds: new Histogram() };
    this.#series.set(name, series);
    return series;
  }
}

/** Whether the store failed, and not the caller's body or its patience. An aborted request's reason may be a mere text. */
function isTheirs(error: unknown): boolean {
  if (error instanceof Failure) return error.fault.kind === "unavailable";
  return error instanceof Error && error.name !== "AbortError";
}
