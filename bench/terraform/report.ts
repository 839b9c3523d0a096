import { median, spread } from "../figures.ts";
import type { Took } from "./workspace.ts";

/** Of one contender, what each command took, round by round. */
export type Rounds = ReadonlyMap<string, readonly Took[]>;

/** Of each command what each contender took, and the ratios of the first to each of the others. */
export function tableOf(commands: readonly string[], contenders: ReadonlyMap<string, Rounds>): string {
  const [[, first] = ["", new Map()], ...others] = contenders;
  const msOf = (rounds: Rounds, command: string) => (rounds.get(command) ?? []).map(({ ms }) => ms);
  const lines = commands.flatMap((command) => [
    command,
    ...[...contenders].map(([name, rounds]) =>
      `  ${name.padEnd(18)} ${spread(msOf(rounds, command)).padEnd(26)} ${shareOf(rounds.get(command) ?? [])}`.trimEnd(),
    ),
    ...others.map(
      ([name, rounds]) => `  ${`÷ ${name}`.padEnd(18)} ${ratio(msOf(first, command), msOf(rounds, command))}`,
    ),
  ]);
  return lines.join("\n");
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
