import type { Entry } from "./entry.ts";
import { type ExportRecord, type Fetched, fetchWindow } from "./export-values.ts";
import type { ScannedRevision } from "./history-store.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import { isRead } from "./reads.ts";
import type { ListQuery } from "./stores.ts";
import type { Stores } from "./writes.ts";

const PAGE_SIZE = 1_000;
/** What is read at once, and once more while it is being sent: so much an export holds in memory, and twice. */
const WINDOW_RECORDS_MAX = 1_000;
const WINDOW_BYTES_MAX = 4 * 1_024 * 1_024;

/**
 * The live entries of a namespace with their values, in the order of keys. Every key that is there from the start to
 * the end comes exactly once, each as it was at some moment in between; of keys that come, change or go meanwhile
 * some may be seen. Values are read ahead, several at once; a large one when its turn has come.
 */
export const exportEntries = (
  stores: Stores,
  query: Omit<ListQuery, "sort" | "after" | "limit" | "expired">,
  signal: AbortSignal,
): AsyncGenerator<Fetched> => fetchedAhead(stores, liveEntries(stores, query), signal);

/** The same with all kept revisions of each key before its current one, and with the history of keys that are gone. */
export const exportHistory = (
  stores: Stores,
  query: { readonly tenant: Tenant; readonly namespace: NamespaceName; readonly prefix: string | undefined },
  signal: AbortSignal,
): AsyncGenerator<Fetched> => fetchedAhead(stores, allRevisions(stores, query), signal);

/** The entries alone. */
export async function* liveEntries(
  { metadata }: Stores,
  query: Omit<ListQuery, "sort" | "after" | "limit" | "expired">,
): AsyncGenerator<ExportRecord> {
  let after: ListQuery["after"];
  do {
    const sort = { by: "key", descending: false } as const;
    const page = await metadata.list({ ...query, sort, after, limit: PAGE_SIZE, expired: false });
    for (const entry of page.entries) yield { entry, past: undefined, hasValue: true };
    after = page.next;
  } while (after);
}

async function* allRevisions(
  { metadata }: Stores,
  query: { readonly tenant: Tenant; readonly namespace: NamespaceName; readonly prefix: string | undefined },
): AsyncGenerator<ExportRecord> {
  let last: ScannedRevision | undefined;
  for (;;) {
    const after = last && { key: last.key, revision: last.revision };
    const page = await metadata.history.scan({ ...query, after, limit: PAGE_SIZE });
    for (const revision of page) {
      // Only the next one tells whether this is the key's newest.
      if (last) yield recordOf(last, last.key !== revision.key);
      last = revision;
    }
    if (page.length === 0) break;
  }
  if (last) yield recordOf(last, true);
}

function recordOf({ slice, action, expired, ...rest }: ScannedRevision, isNewest: boolean): ExportRecord {
  const isLive = isNewest && slice !== undefined && !expired;
  return {
    entry: { ...rest, slice: slice ?? NO_SLICE },
    past: isLive ? undefined : action,
    hasValue: slice !== undefined,
  };
}

const NO_SLICE = { object: "" as Entry["slice"]["object"], offset: 0, length: 0 };

/** One window is read while the one before is sent. */
async function* fetchedAhead(
  stores: Stores,
  records: AsyncIterable<ExportRecord>,
  signal: AbortSignal,
): AsyncGenerator<Fetched> {
  let coming: Promise<readonly Fetched[]> | undefined;
  for await (const window of windowsOf(records)) {
    const next = fetchWindow(stores, window, signal);
    next.catch(() => undefined); // whoever waits for it hears of it; who has gone away must not end the process
    if (coming) yield* await coming;
    coming = next;
  }
  if (coming) yield* await coming;
}

async function* windowsOf(records: AsyncIterable<ExportRecord>): AsyncGenerator<readonly ExportRecord[]> {
  let window: ExportRecord[] = [];
  let bytes = 0;
  for await (const record of records) {
    // A large value is not read into memory, and so weighs nothing here.
    const weight = isRead(record.entry) ? record.entry.slice.length : 0;
    if (window.length === WINDOW_RECORDS_MAX || (window.length > 0 && bytes + weight > WINDOW_BYTES_MAX)) {
      yield window;
      [window, bytes] = [[], 0];
    }
    window.push(record);
    bytes += weight;
  }
  if (window.length > 0) yield window;
}
