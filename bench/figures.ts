/** The middle one of some measurements: one slow run on a busy machine does not move it. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, two) => one - two);
  const middle = Math.floor(sorted.length / 2);
  const [low, high] = [sorted[sorted.length % 2 === 0 ? middle - 1 : middle], sorted[middle]];
  if (low === undefined || high === undefined) throw new Error("There is no median of nothing.");
  return (low + high) / 2;
}

/** Milliseconds as `1.23 s (1.10 to 1.40)`: the median, the least and the most. */
export function spread(ms: readonly number[]): string {
  const seconds = (value: number) => (value / 1_000).toFixed(2);
  return `${seconds(median(ms))} s (${seconds(Math.min(...ms))} to ${seconds(Math.max(...ms))})`;
}
