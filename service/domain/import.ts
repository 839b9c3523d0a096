import { importChunk } from "./import-chunk.ts";
import type { Flowing, Imported, ImportItem, ImportOptions } from "./import-item.ts";
import { importLarge } from "./import-large.ts";
import type { Stores } from "./writes.ts";

/** Entries and bytes that are looked up, stored and committed together. */
const CHUNK_ITEMS_MAX = 1_000;
const CHUNK_BYTES_MAX = 4 * 1_024 * 1_024;

/**
 * Brings entries into a namespace and tells of each what became of it, chunk by chunk: what was told is stored. It is
 * not all or nothing; done again, it finds what it did as `same`. Items whose values are in memory go together, a value
 * that flows goes alone. Passes a failure of `items` on when all that came before it is done; fails with `unavailable`.
 */
export async function* importItems(
  stores: Stores,
  items: AsyncIterable<ImportItem>,
  options: ImportOptions,
  signal: AbortSignal,
): AsyncGenerator<readonly Imported[]> {
  for await (const chunk of chunksOf(items)) {
    const imported =
      "kind" in chunk
        ? [await importLarge(stores, chunk, options, signal)]
        : await importChunk(stores, chunk, options, signal);
    yield imported;
    const ends = options.onConflict === "fail" && !options.dryRun;
    if (ends && imported.some(({ outcome }) => outcome === "conflict")) return;
  }
}

const isFlowing = (item: ImportItem): item is Flowing => item.kind === "entry" && !(item.value instanceof Uint8Array);

/** Items in their order; a key never stands twice in one chunk, so that the later line wins. */
async function* chunksOf(items: AsyncIterable<ImportItem>): AsyncGenerator<readonly ImportItem[] | Flowing> {
  let chunk: ImportItem[] = [];
  let keys = new Set<string>();
  let bytes = 0;
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const step = await iterator.next().catch((error: unknown) => ({ done: true, error }) as const);
      const item = step.done ? undefined : step.value;
      const flows = item !== undefined && isFlowing(item);
      const size = item?.kind === "entry" && item.value instanceof Uint8Array ? item.value.length : 0;
      const full = chunk.length === CHUNK_ITEMS_MAX || bytes + size > CHUNK_BYTES_MAX;
      const again = item?.kind === "entry" && keys.has(item.key);
      if (chunk.length > 0 && (!item || flows || full || again)) {
        yield chunk;
        [chunk, keys, bytes] = [[], new Set(), 0];
      }
      if (!item) {
        if ("error" in step) throw step.error;
        return;
      }
      if (flows) {
        yield item;
        continue;
      }
      chunk.push(item);
      if (item.kind === "entry") keys.add(item.key);
      bytes += size;
    }
  } finally {
    await iterator.return?.();
  }
}
