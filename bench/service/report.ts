import { median } from "../figures.ts";
import type { Figure } from "./contenders.ts";

/** The figures of a scenario: of each contender one per round, in the order of the rounds. */
export type Rounds = ReadonlyMap<string, readonly Figure[]>;

/** Median, least and most. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

export interface Row {
  readonly scenario: string;
  readonly contender: string;
  readonly figures: Readonly<Record<keyof Figure, Spread>>;
}

/** A promise about two contenders of which both ran in each round. */
export interface Promised {
  readonly what: string;
  readonly ratio: Spread;
  readonly target: string;
  readonly kept: boolean;
}

export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  least: Math.min(...values),
  most: Math.max(...values),
});

export function rowsOf(scenario: string, rounds: Rounds): Row[] {
  return [...rounds].map(([contender, figures]) => {
    const of = (name: keyof Figure) => spreadOf(figures.map((figure) => figure[name]));
    return {
      scenario,
      contender,
      figures: {
        perSecond: of("perSecond"),
        p50: of("p50"),
        p99: of("p99"),
        ownUs: of("ownUs"),
        storesUs: of("storesUs"),
        sender: of("sender"),
      },
    };
  });
}

/** By round: both halves of a pair ran in the same minute of a machine that has other work too. */
export const ratioOf = (ones: readonly Figure[], others: readonly Figure[], name: keyof Figure): Spread =>
  spreadOf(ones.map((one, round) => one[name] / (others[round]?.[name] ?? Number.NaN)));

/** How often the median fits `target`, such as ["≥", 0.6]. */
export const promised = (what: string, ratio: Spread, [sign, bound]: readonly ["≥" | "≤", number]): Promised => ({
  what,
  ratio,
  target: `${sign} ${bound}`,
  kept: sign === "≥" ? ratio.median >= bound : ratio.median <= bound,
});

const round = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3));
const ranged = ({ median: middle, least, most }: Spread): string =>
  `${round(middle)} (${round(least)} to ${round(most)})`;

/** Lines for people. */
export function tableOf(rows: readonly Row[], promises: readonly Promised[]): string {
  const lines = [
    ["", "", "per second", "p50 ms", "p99 ms", "CPU µs", "stores' µs"],
    ...rows.map(({ scenario, contender, figures: { perSecond, p50, p99, ownUs, storesUs } }) => [
      scenario,
      contender,
      ranged(perSecond),
      round(p50.median),
      round(p99.median),
      round(ownUs.median),
      storesUs.median === 0 ? "" : round(storesUs.median),
    ]),
    [""],
    ...promises.map(({ what, ratio, target, kept }) => [what, "", ranged(ratio), target, kept ? "kept" : "MISSED"]),
  ];
  const widths = [...(lines[0] ?? [])].map((_, column) => {
    // What is promised may run over the next column, which is empty there.
    const cells = lines.filter((line) => column !== 0 || line.length !== 5).map((line) => line[column]?.length ?? 0);
    return Math.max(...cells);
  });
  const overlong = (widths[0] ?? 0) + 2 + (widths[1] ?? 0);
  return lines
    .map((line) =>
      line.length === 5
        ? [(line[0] ?? "").padEnd(overlong), ...line.slice(2).map((cell, at) => cell.padEnd(widths[at + 2] ?? 0))]
        : line.map((cell, at) => cell.padEnd(widths[at] ?? 0)),
    )
    .map((line) => line.join("  ").trimEnd())
    .join("\n");
}
