import type { Digest, Entry, Place } from "./entry.ts";
import { decide, liveOf, saysSame } from "./import-decide.ts";
import { type Flowing, type Imported, type ImportOptions, placeOf } from "./import-item.ts";
import { conditionOf, failed, type Judged, outcomeOf, told } from "./import-outcome.ts";
import type { Type } from "./type.ts";
import { readValue, type Value } from "./value.ts";
import { bounded } from "./value-bound.ts";
import { commitValue, type Stores, storeSettled, writeOf } from "./writes.ts";

/**
 * One entry whose value flows. Whether it is the same is known only when all of it has come: where it may be written
 * it is stored first, and removed again when there was no need. Fails with what is not the entry's fault.
 */
export async function importLarge(
  stores: Stores,
  item: Flowing,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<Imported> {
  const at = placeOf(options, item.key);
  try {
    const current = liveOf(await stores.metadata.find(at));
    // A format without types must not take the type away; no other than these two holds so long a value.
    const type = item.form !== "exact" && current?.type === "JSON" ? "JSON" : item.type;
    const value = await readValue(bounded(item.value, stores.valueBytesMax), { type, unescapedQuotes: false });
    const may = decide(current, false, item, options.onConflict);
    return !options.dryRun && (may === "add" || may === "change")
      ? await write(stores, { item, current, type: value.type, decision: may }, value, options, signal)
      : await compare(stores, { item, current, type: value.type, decision: may }, value, options);
  } catch (error) {
    return failed(item, error);
  }
}

async function write(
  stores: Stores,
  judged: Judged,
  value: Value,
  options: ImportOptions,
  signal: AbortSignal,
): Promise<Imported> {
  const { item } = judged;
  const at = placeOf(options, item.key);
  const stored = await storeSettled(stores, at, value, undefined, signal);
  if (isSame(judged, value.type, stored.digest)) {
    await stores.objects.delete(stored.slice.object).catch(() => undefined); // else the sweep's
    return told({ ...judged, decision: "same" }, false);
  }
  const request = { at, only: conditionOf(judged, options), said: item.said, author: options.author };
  const result = await commitValue(stores, writeOf(request, "put", stored)).then(
    ({ entry }) => ({ kind: "written", entry }) as const,
    (error: unknown) => ({ kind: "failed", error }) as const,
  );
  return outcomeOf(judged, result, options);
}

/** Reads all of the value without keeping it. */
async function compare(stores: Stores, judged: Judged, value: Value, options: ImportOptions): Promise<Imported> {
  const { item, current } = judged;
  const digest = await digestOf(stores, placeOf(options, item.key), value);
  const same = isSame(judged, value.type, digest);
  return told({ ...judged, decision: decide(current, same, item, options.onConflict) }, false);
}

/** Digests under another key tell nothing, so such a value counts as another one. */
const isSame = ({ item, current }: Judged, type: Type, { keyId, hex }: Digest): boolean =>
  current !== undefined && current.type === type && saysSame(current, item.said) && hasDigest(current, keyId, hex);

const hasDigest = ({ digest }: Entry, keyId: string, hex: string): boolean =>
  digest.keyId === keyId && digest.hex === hex;

async function digestOf({ digester }: Stores, at: Place, { bytes }: Value): Promise<Digest> {
  const running = digester.start(at);
  if (bytes instanceof Uint8Array) running.update(bytes);
  else for await (const chunk of bytes) running.update(chunk);
  return running.end();
}
