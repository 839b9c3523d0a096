import { STORE_SIZES_SECONDS } from "../../api/limits.ts";
import type { Swept } from "../domain/sweep.ts";
import type { QueueStats, StoreSizes } from "../domain/telemetry.ts";
import { counter, type Figure, gauge, samplesBy } from "./figure.ts";

/** What waits for a statement, and how well statements are shared. */
export function queueFigures(read: () => Readonly<Record<string, QueueStats>>): readonly Figure[] {
  const each = (of: (stats: QueueStats) => number) => () =>
    samplesBy("queue", Object.fromEntries(Object.entries(read()).map(([queue, stats]) => [queue, of(stats)])));
  return [
    {
      name: "nskv_batch_waiting_requests",
      type: "gauge",
      help: "Requests that wait for a place in a statement.",
      read: each(({ waiting }) => waiting),
    },
    {
      name: "nskv_batches_running",
      type: "gauge",
      help: "Statements of many requests that are under way.",
      read: each(({ running }) => running),
    },
    {
      name: "nskv_batches_total",
      type: "counter",
      help: "Statements that were sent for one or many requests.",
      read: each(({ batches }) => batches),
    },
    {
      name: "nskv_batched_requests_total",
      type: "counter",
      help: "Requests in them; divided by the batches, how many shared one.",
      read: each(({ requests }) => requests),
    },
  ];
}

export interface CacheStats {
  readonly hits: number;
  readonly misses: number;
  readonly bytes: number;
  readonly slices: number;
}

export const cacheFigures = (read: () => CacheStats): readonly Figure[] => [
  counter("nskv_cache_hits_total", "Values that were read from memory.", () => read().hits),
  counter("nskv_cache_misses_total", "Values that were not there, the larger ones among them.", () => read().misses),
  gauge("nskv_cache_bytes", "Memory that the cached values take.", () => read().bytes),
  gauge("nskv_cache_values", "Values that are cached.", () => read().slices),
];

/** A scraper waits ten seconds as a rule, and the other figures are wanted most of all while a database does not answer. */
const PATIENCE_MS = 2_000;

export function withinPatience<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const patience = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The database did not answer in time.")), PATIENCE_MS);
  });
  return Promise.race([work, patience]).finally(() => clearTimeout(timer));
}

/** Counted when somebody scrapes, and then not again for some seconds, whoever else scrapes. */
export function sizeFigures(count: () => Promise<StoreSizes>): readonly Figure[] {
  let counted: Promise<StoreSizes> | undefined;
  let at = 0;
  const recent = (): Promise<StoreSizes> => {
    if (counted && performance.now() - at < STORE_SIZES_SECONDS * 1_000) return counted;
    at = performance.now();
    counted = withinPatience(count());
    return counted;
  };
  const sized = (name: string, help: string, of: (sizes: StoreSizes) => number): Figure => ({
    name,
    type: "gauge",
    help,
    read: async () => [{ value: of(await recent()) }],
  });
  return [
    {
      name: "nskv_store_entries",
      type: "gauge",
      help: "Keys that are live, those past their end that nobody removed yet, and deleted ones with their history.",
      read: async () => {
        const { live, expired, deleted } = await recent();
        return samplesBy("state", { live, expired, deleted });
      },
    },
    sized("nskv_store_revisions", "Revisions that are kept, deletions among them.", (sizes) => sizes.revisions),
    {
      name: "nskv_store_objects",
      type: "gauge",
      help: "Objects that a revision names, and dead ones that wait for their deletion.",
      read: async () => {
        const { objects, deadObjects } = await recent();
        return samplesBy("state", { live: objects, dead: deadObjects });
      },
    },
    sized("nskv_store_value_bytes", "Bytes of the current values.", (sizes) => sizes.valueBytes),
    sized(
      "nskv_store_revision_bytes",
      "Bytes of all revisions that are kept; what two of them share counts twice.",
      (sizes) => sizes.revisionBytes,
    ),
  ];
}

export interface SweepStats {
  readonly outcomes: Readonly<Record<"done" | "elsewhere" | "failed", number>>;
  readonly removed: Readonly<Swept>;
  /** Of the last sweep of this replica that was done, in milliseconds since 1970. */
  readonly lastAt: number | undefined;
  readonly lastMs: number | undefined;
}

export function sweepFigures(read: () => SweepStats): readonly Figure[] {
  const seconds = (ms: number | undefined) => (ms === undefined ? undefined : ms / 1_000);
  const by = (label: string, values: () => object) => () => samplesBy(label, { ...values() } as Record<string, number>);
  return [
    {
      name: "nskv_sweeps_total",
      type: "counter",
      help: "Sweeps that were done, that another replica did, or that failed.",
      read: by("outcome", () => read().outcomes),
    },
    {
      name: "nskv_swept_total",
      type: "counter",
      help: "What sweeps of this replica removed.",
      read: by("what", () => read().removed),
    },
    gauge("nskv_sweep_last_timestamp_seconds", "When this replica last ended a sweep; none until then.", () =>
      seconds(read().lastAt),
    ),
    gauge("nskv_sweep_last_duration_seconds", "How long that one took.", () => seconds(read().lastMs)),
  ];
}
