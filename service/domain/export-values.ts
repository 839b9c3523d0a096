import type { Entry, Place, Slice } from "./entry.ts";
import { Failure } from "./fault.ts";
import type { Action } from "./history-store.ts";
import { bytesOf, findEntry, isRead } from "./reads.ts";
import { eachOf } from "./work.ts";
import { objectMissing, type Stores } from "./writes.ts";

/** What an export shows of a key at one revision. `past` is what made a revision that is no more current. */
export interface ExportRecord {
  readonly entry: Entry;
  readonly past: Action | undefined;
  /** False for a deletion, which has no bytes. */
  readonly hasValue: boolean;
}

/** A record with its value: small ones in memory, large ones as they flow, from the start each time they are opened. */
export interface Fetched {
  readonly entry: Entry;
  readonly past: Action | undefined;
  /** Undefined for a deletion. */
  readonly value: Uint8Array | (() => Promise<AsyncIterable<Uint8Array>>) | undefined;
}

/** Requests to the object store at once. */
const READS_AT_ONCE = 16;
/** Values of one object that lie next to each other, or nearly so, are read in one request of at most so many bytes. */
const SPAN_BYTES_MAX = 4 * 1_024 * 1_024;
const GAP_BYTES_MAX = 4_096;

/** The records with their values, in their order. One that is gone since it was listed is left out. */
export async function fetchWindow(
  stores: Stores,
  records: readonly ExportRecord[],
  signal: AbortSignal,
): Promise<readonly Fetched[]> {
  const small = records.filter(({ entry, hasValue }) => hasValue && isRead(entry));
  const values = new Map<ExportRecord, Uint8Array>();
  await eachOf(spansOf(small), READS_AT_ONCE, async ({ slice, records: inside }) => {
    const bytes = await stores.objects.read(slice, signal);
    if (!bytes) return;
    for (const record of inside) {
      const start = record.entry.slice.offset - slice.offset;
      values.set(record, bytes.subarray(start, start + record.entry.slice.length));
    }
  });
  const fetched = await eachOf(records, READS_AT_ONCE, (record) =>
    fetchedOf(stores, record, values.get(record), signal),
  );
  return fetched.filter((it) => it !== undefined);
}

async function fetchedOf(
  stores: Stores,
  { entry, past, hasValue }: ExportRecord,
  value: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<Fetched | undefined> {
  if (!hasValue) return { entry, past, value: undefined };
  if (value) return { entry, past, value };
  if (!isRead(entry)) return { entry, past, value: () => opened(stores, entry, signal) };
  // Its object went away after the look-up: pruned from history, or replaced.
  return past ? undefined : present(stores, entry, signal);
}

async function present(stores: Stores, entry: Entry, signal: AbortSignal): Promise<Fetched | undefined> {
  const { tenant, namespace, key }: Place = entry;
  try {
    const newer = await findEntry(stores, { tenant, namespace, key }, true);
    if (!isRead(newer)) return { entry: newer, past: undefined, value: () => opened(stores, newer, signal) };
    const bytes = await bytesOf(stores, newer.slice, signal);
    if (!(bytes instanceof Uint8Array)) throw objectMissing(newer);
    return { entry: newer, past: undefined, value: bytes };
  } catch (error) {
    const gone = error instanceof Failure && (error.fault.kind === "not_found" || error.fault.kind === "expired");
    if (gone) return undefined;
    throw error;
  }
}

async function opened({ objects }: Stores, entry: Entry, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
  const stream = await objects.stream(entry.slice, signal);
  if (!stream) throw objectMissing(entry);
  return stream;
}

interface Span {
  readonly slice: Slice;
  readonly records: readonly ExportRecord[];
}

/** The fewest reads that bring these values: what was written in one batch lies in a few objects. Pure. */
export function spansOf(records: readonly ExportRecord[]): readonly Span[] {
  const sorted = [...records].sort((a, b) => order(a.entry.slice, b.entry.slice));
  const spans: { slice: Slice; records: ExportRecord[] }[] = [];
  for (const record of sorted) {
    const { object, offset, length } = record.entry.slice;
    const span = spans.at(-1);
    const end = span ? span.slice.offset + span.slice.length : 0;
    const joins =
      span?.slice.object === object &&
      offset - end <= GAP_BYTES_MAX &&
      offset + length - span.slice.offset <= SPAN_BYTES_MAX;
    if (span && joins) {
      const { offset: start } = span.slice;
      span.slice = { object, offset: start, length: Math.max(end, offset + length) - start };
      span.records.push(record);
    } else spans.push({ slice: { object, offset, length }, records: [record] });
  }
  return spans;
}

const order = (a: Slice, b: Slice): number =>
  a.object === b.object ? a.offset - b.offset : a.object < b.object ? -1 : 1;
