/** Runs at most `max` tasks at once, the others in the order they came. */
export function inTurn(max: number): <T>(task: () => Promise<T>) => Promise<T> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (task) => {
    if (running >= max) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await task();
    } finally {
      // The place goes on to the next in line, so that nobody who comes now can take it.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
}
