import { median, spread } from "../figures.ts";
import type { Took } from "./workspace.ts";

/** Of one contender, what each command took, round by round. */
export type Rounds = ReadonlyMap<string, readonly Took[]>;

/** Commands in rows, contenders in columns, and the ratios of the first to each of the others. */
export function tableOf(commands: readonly string[], contenders: ReadonlyMap<string, Rounds>): string {
  const [[ours, taken] = ["", new Map()], ...others] = contenders;
  const lines = commands.flatMap((command) => {
    const ms = (rounds: Rounds) => (rounds.get(command) ?? []).map((took) => took.ms);
    const own = [...contenders].map(
      ([name, rounds]) => `  ${name.padEnd(18)} ${spread(ms(rounds)).padEnd(26)}${shareOf(rounds.get(command) ?? [])}`,
    );
    const ratios = others.map(([name, rounds]) => `  ${`÷ ${name}`.padEnd(18)} ${ratio(ms(taken), ms(rounds))}`);
    return [`${command}`, ...own, ...ratios];
  });
  return [`${ours} first`, ...lines].slice(1).join("\n");
}

/** By round: both halves of a pair ran in the same minute of a machine that has other work too. */
export function ratio(ones: readonly number[], others: readonly number[]): string {
  const ratios = ones.map((one, round) => one / (others[round] ?? Number.NaN));
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  return `${median(ratios).toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`;
}

/** What the provider used of the processor, as a part of the wall time. */
function shareOf(took: readonly Took[]): string {
  if (took.every(({ providerCpuMs }) => providerCpuMs === 0)) return "";
  const share = median(took.map(({ ms, providerCpuMs }) => providerCpuMs / ms));
  return `provider's CPU ${(100 * share).toFixed(0)} % of it`;
}
