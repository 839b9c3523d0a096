/**
 * A flow whose first bytes have come: what fails before them can still be answered with a status, what fails later can
 * only break off.
 */
export async function begun(bytes: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array>> {
  const rest = bytes[Symbol.asyncIterator]();
  let first: IteratorResult<Uint8Array> | undefined = await rest.next();
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const step = first ?? (await rest.next());
        first = undefined;
        return step;
      },
      async return() {
        await rest.return?.();
        return { done: true, value: undefined };
      },
    }),
  };
}
