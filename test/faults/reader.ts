import { exchange } from "./exchange.ts";
import { glimpse, originOf } from "./proof.ts";
import type { Random } from "./random.ts";
import type { Report } from "./report.ts";

const HANGS_AFTER_MS = 90_000;

export interface ReaderOptions {
  readonly path: string;
  readonly keys: readonly string[];
  readonly random: Random;
  readonly report: Report;
  /** Whether a store may be away: then a 503 is an answer, and a value that flows may break off. */
  readonly tolerant: boolean;
}

/** Reads one key after the other until told to stop or, unless it is tolerant, until nobody answers. */
export async function read(address: string, options: ReaderOptions, until: AbortSignal): Promise<void> {
  const { path, keys, random, report, tolerant } = options;
  while (!until.aborted) {
    const key = random.pick(keys);
    const raw = random.chance(0.5);
    const { status, text, hung } = await exchange(
      address,
      { method: "GET", path: `${path}/kv/${key}${raw ? "?raw=true" : ""}` },
      HANGS_AFTER_MS,
    );
    if (hung) report.violate(`a GET of ${key} was never answered`);
    if (status === undefined && !tolerant) return;
    if (status === 200 && text !== undefined) {
      const value = raw ? text : `"${JSON.parse(text).value}"`;
      const origin = originOf(value);
      if (origin?.key !== key) report.violate(`a GET of ${key} brought what no write made: ${glimpse(value)}`);
      report.count("reads");
    } else if (status === 503 && tolerant) report.count("reads refused");
    else if (tolerant && text === undefined) report.count("reads that broke off");
    else if (status !== 404 && status !== 200) report.violate(`a GET of ${key} got ${status}: ${text?.slice(0, 200)}`);
  }
}
