/** What two sorted streams have under one name. */
export interface Pair<Left, Right> {
  readonly name: string;
  readonly left: Left | undefined;
  readonly right: Right | undefined;
}

/** The order in which every object store lists, and every backup: by the bytes of UTF-8. */
export const byNameBytes = (one: string, other: string): number =>
  one === other ? 0 : Buffer.compare(Buffer.from(one), Buffer.from(other));

/**
 * Walks two streams at once, both in the order of their names' bytes and each name once, and holds one item of each. So
 * stores of any size can be compared. Fails when a stream is not in order: whoever deletes by it must not go on.
 */
export async function* sideBySide<Left extends { readonly name: string }, Right extends { readonly name: string }>(
  lefts: AsyncIterable<Left>,
  rights: AsyncIterable<Right>,
): AsyncGenerator<Pair<Left, Right>, void, void> {
  const [left, right] = [inOrder(lefts), inOrder(rights)];
  try {
    let one = await left.next();
    let other = await right.next();
    while (!one.done || !other.done) {
      const order = one.done ? 1 : other.done ? -1 : byNameBytes(one.value.name, other.value.name);
      const [l, r] = [order <= 0 ? one.value : undefined, order >= 0 ? other.value : undefined];
      yield { name: (l ?? r)?.name ?? "", left: l || undefined, right: r || undefined };
      if (order <= 0) one = await left.next();
      if (order >= 0) other = await right.next();
    }
  } finally {
    await left.return();
    await right.return();
  }
}

async function* inOrder<Item extends { readonly name: string }>(
  items: AsyncIterable<Item>,
): AsyncGenerator<Item, void, void> {
  let last: string | undefined;
  for await (const item of items) {
    if (last !== undefined && byNameBytes(last, item.name) >= 0)
      throw new Error(`These names are not in the order of their bytes: ${JSON.stringify([last, item.name])}`);
    last = item.name;
    yield item;
  }
}

/** One item after the other. */
export async function* each<Item>(pages: AsyncIterable<readonly Item[]>): AsyncGenerator<Item, void, void> {
  for await (const page of pages) yield* page;
}

/** Up to `size` items at once. */
export async function* inPages<Item>(items: AsyncIterable<Item>, size: number): AsyncGenerator<Item[], void, void> {
  let page: Item[] = [];
  for await (const item of items) {
    page.push(item);
    if (page.length < size) continue;
    yield page;
    page = [];
  }
  if (page.length > 0) yield page;
}
