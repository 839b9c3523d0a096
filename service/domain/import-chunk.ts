import { type Operation, runEach } from "./batch.ts";
import type { Entry } from "./entry.ts";
import { decide, liveOf, saysSame, settleIncoming } from "./import-decide.ts";
import { type Imported, type ImportItem, type ImportOptions, type Incoming, placeOf } from "./import-item.ts";
import { conditionOf, failed, type Judged, outcomeOf, told } from "./import-outcome.ts";
import { hasSameValue } from "./import-same.ts";
import { eachOf } from "./work.ts";
import type { Stores } from "./writes.ts";

/** Look-ups at once, and comparisons that may read a value at once. */
const FINDS_AT_ONCE = 512;
const COMPARISONS_AT_ONCE = 16;

/** An entry of a chunk with the bytes that would be stored. */
interface Settled extends Judged {
  readonly bytes: Uint8Array;
}

/** Items whose values are in memory, no key twice: looked up, compared, stored in packs and committed together. */
export async function importChunk(
  stores: Stores,
  chunk: readonly ImportItem[],
  options: ImportOptions,
  signal: AbortSignal,
): Promise<readonly Imported[]> {
  const entries = chunk.filter((item) => item.kind === "entry");
  const found = await eachOf(entries, FINDS_AT_ONCE, ({ key }) => stores.metadata.find(placeOf(options, key)));
  const judged = await eachOf(entries, COMPARISONS_AT_ONCE, (item, index) =>
    judge(stores, item, liveOf(found[index]), options, signal).catch((error: unknown) => failed(item, error)),
  );
  const outcomes = new Map<ImportItem, Imported>();
  for (const [index, it] of judged.entries()) if ("outcome" in it) outcomes.set(entries[index] as Incoming, it);
  const readable = judged.filter((it) => "decision" in it);
  for (const [item, imported] of await act(stores, readable, options, signal)) outcomes.set(item, imported);
  return chunk.map((item): Imported => {
    const { line } = item;
    if (item.kind === "history") return { line, key: undefined, outcome: "history" };
    if (item.kind === "unreadable") return { line, key: item.key, outcome: "failed", failure: item.failure };
    return outcomes.get(item) as Imported;
  });
}

/** Fails with `invalid_value`. */
async function judge(
  stores: Stores,
  item: Incoming,
  current: Entry | undefined,
  { onConflict }: ImportOptions,
  signal: AbortSignal,
): Promise<Settled> {
  const { type, bytes } = settleIncoming(item.value as Uint8Array, item, current);
  const isSame =
    current !== undefined &&
    current.type === type &&
    saysSame(current, item.said) &&
    (await hasSameValue(stores, current, bytes, item.form, signal));
  return { item, current, type, bytes, decision: decide(current, isSame, item, onConflict) };
}

async function act(
  stores: Stores,
  judged: readonly Settled[],
  options: ImportOptions,
  signal: AbortSignal,
): Promise<ReadonlyMap<ImportItem, Imported>> {
  const { dryRun, onConflict } = options;
  const ends = !dryRun && onConflict === "fail" && judged.some(({ decision }) => decision === "conflict");
  const writes = judged.filter(({ decision }) => decision === "add" || decision === "change");
  const operations = dryRun || ends ? [] : writes.map((it) => putOf(it, options));
  const results = await runEach(stores, operations, signal);
  const made = new Map(results.map((result, index) => [writes[index], result]));
  return new Map(
    judged.map((it) => {
      const result = made.get(it);
      return [it.item, result ? outcomeOf(it, result, options) : told(it, ends)];
    }),
  );
}

const putOf = (judged: Settled, options: ImportOptions): Operation => ({
  op: "put",
  request: {
    at: placeOf(options, judged.item.key),
    only: conditionOf(judged, options),
    said: judged.item.said,
    author: options.author,
  },
  body: {
    bytes: judged.bytes,
    size: judged.bytes.length,
    reading: { type: judged.type, unescapedQuotes: false },
  },
});
