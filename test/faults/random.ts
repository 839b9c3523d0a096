/** Chance that a seed repeats. What runs at once still meets in another order each time. */
export interface Random {
  /** A whole number from 0 to `end`, without `end`. */
  below(end: number): number;
  pick<T>(items: readonly [T, ...T[]] | readonly T[]): T;
  chance(probability: number): boolean;
}

/** Mulberry32: small, and good enough to choose by. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    below,
    pick<T>(items: readonly T[]) {
      if (items.length === 0) throw new Error("There is nothing to pick from.");
      return items[below(items.length)] as T;
    },
    chance: (probability) => next() < probability,
  };
}

/**
 * NSKV_FAULTS_SEED, or another one each time; it is printed, so that a run that failed can be run again. The name goes
 * in too: tests on the same stores must not write the same keys.
 */
export function seedOfRun(name: string): number {
  const seed = Number(process.env["NSKV_FAULTS_SEED"] ?? Date.now() % 1_000_000);
  console.info(`${name}: NSKV_FAULTS_SEED=${seed}`);
  return Buffer.from(name).reduce((mixed, byte) => (Math.imul(mixed, 31) + byte) >>> 0, seed);
}
