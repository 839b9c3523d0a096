/** Calls that wait for an answer which they share with others. */

export interface Waiting<Ask, Answer> {
  readonly ask: Ask;
  readonly signal: AbortSignal;
  resolve(answer: Answer): void;
  reject(error: unknown): void;
}

/** Joins those that wait, and leaves them with an answer, an error, or as soon as the caller does not wait any more. */
export function join<Ask, Answer>(among: Set<Waiting<Ask, Answer>>, ask: Ask, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const aborted = () => one.reject(signal.reason);
    const leave = () => {
      among.delete(one);
      signal.removeEventListener("abort", aborted);
    };
    const one: Waiting<Ask, Answer> = {
      ask,
      signal,
      resolve(answer) {
        leave();
        resolve(answer);
      },
      reject(error) {
        leave();
        reject(error as Error);
      },
    };
    signal.addEventListener("abort", aborted, { once: true });
    among.add(one);
  });
}

/** Runs what is done for all of them; it is aborted only when none of them waits any more. */
export async function forAll<Result>(
  waiting: readonly Pick<Waiting<unknown, unknown>, "signal">[],
  run: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const signals = new Set(waiting.map(({ signal }) => signal));
  const nobody = new AbortController();
  const aborted = () => {
    if ([...signals].every((signal) => signal.aborted)) nobody.abort([...signals][0]?.reason);
  };
  for (const signal of signals) signal.addEventListener("abort", aborted);
  try {
    return await run(nobody.signal);
  } finally {
    for (const signal of signals) signal.removeEventListener("abort", aborted);
  }
}
