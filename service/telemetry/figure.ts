export type Labels = Readonly<Record<string, string>>;

export interface Sample {
  readonly labels?: Labels;
  readonly value: number;
  /** Of a histogram only: `_bucket`, `_sum` or `_count`. */
  readonly suffix?: string;
}

/** A metric as its room knows it: read when it is asked for, so that counting is nothing but an addition. */
export interface Figure {
  /** By Prometheus' conventions: `nskv_…`, its unit at the end, a counter with `_total` behind it. */
  readonly name: string;
  readonly type: "counter" | "gauge" | "histogram";
  readonly help: string;
  /** Labels come from a closed list of few words. A figure that is not known now has no samples. */
  read(): readonly Sample[] | Promise<readonly Sample[]>;
}

const simple =
  (type: "counter" | "gauge") =>
  (name: string, help: string, read: () => number | undefined): Figure => ({
    name,
    type,
    help,
    read() {
      const value = read();
      return value === undefined ? [] : [{ value }];
    },
  });

/** A number that goes up and down, read at each scrape. */
export const gauge = simple("gauge");
/** A number that only grows, from 0 at the start. */
export const counter = simple("counter");

/** One sample for each word that the label can be. */
export const samplesBy = (label: string, values: Readonly<Record<string, number>>): readonly Sample[] =>
  Object.entries(values).map(([word, value]) => ({ labels: { [label]: word }, value }));

/** What is always 1, and tells by its labels what runs. */
export const infoFigure = (labels: Labels): Figure => ({
  name: "nskv_build_info",
  type: "gauge",
  help: "Always 1.",
  read: () => [{ labels, value: 1 }],
});
