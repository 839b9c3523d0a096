import type { Database } from "./database.ts";

/**
 * Numbers the times between changes of a database that only this process has open. As long as the number stays, whatever
 * was read of an entry is what would be read again, but for the end of its time, which is the clock's.
 */
export interface Stillness {
  /** Undefined while a change is under way: nobody knows on which side of it an answer is. */
  now(): number | undefined;
  /** Runs what may change entries. However it ends, it may have. */
  during<T>(change: () => Promise<T>): Promise<T>;
}

export function createStillness(): Stillness {
  let number = 0;
  let changing = 0;
  return {
    now: () => (changing === 0 ? number : undefined),
    async during(change) {
      changing += 1;
      number += 1;
      try {
        return await change();
      } finally {
        changing -= 1;
      }
    },
  };
}

/** The database, with everything but the statements that spare entries known as a change. */
export function withStillness<D extends Database>(database: D): D {
  const { now, during } = createStillness();
  return {
    ...database,
    stillness: now,
    query: (statement, parameters) =>
      statement.sparesEntries
        ? database.query(statement, parameters)
        : during(() => database.query(statement, parameters)),
    queryBehind: (...asked) => during(() => database.queryBehind(...asked)),
    transaction: (kind, work) => during(() => database.transaction(kind, work)),
    script: (text) => during(() => database.script(text)),
  };
}
