/** Does `work` for each item, at most `max` at once, and answers in the items' order. Fails as the first that fails. */
export async function eachOf<Item, Answer>(
  items: readonly Item[],
  max: number,
  work: (item: Item, index: number) => Answer | Promise<Answer>,
): Promise<readonly Answer[]> {
  const answers = new Array<Answer>(items.length);
  const rest = items.entries();
  const worker = async () => {
    for (const [index, item] of rest) answers[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: Math.min(max, items.length) }, worker));
  return answers;
}
