import { setMaxListeners } from "node:events";
import { ConfigError, DEFAULTS, loadStoresConfig } from "../service/config.ts";
import type { Maintenance } from "../service/maintenance.ts";

/** What doctor, backup and restore have in common: they open the stores themselves. */

export const STORES_HELP = `Variables, the same as for "nskv serve":
  NSKV_DATA                                the same as --data, which wins
  NSKV_DATABASE_URL                        postgres://user:password@host:5432/database
  NSKV_S3_ENDPOINT, NSKV_S3_BUCKET,        MinIO or any other S3
  NSKV_S3_ACCESS_KEY, NSKV_S3_SECRET_KEY
  NSKV_S3_REGION                           default ${DEFAULTS.region}
`;

/** A complaint about how the command was called. */
export class WrongUse extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "WrongUse";
  }
}

/** Between two lines that tell how far it is. */
const TELL_MS = 2_000;

/** Runs with the stores that flags and environment name; progress goes to stderr, and the first signal breaks it off. */
export async function maintain<T>(
  data: string | undefined,
  work: (maintenance: Maintenance) => Promise<T>,
): Promise<T> {
  const stopping = new AbortController();
  // Each object that is copied or read listens, and many are at once.
  setMaxListeners(0, stopping.signal);
  const stop = () => stopping.abort(new Error("Broken off."));
  for (const signal of STOP_SIGNALS) process.once(signal, stop);
  try {
    return await work({
      config: loadStoresConfig(process.env, { data }),
      assets: {
        migrations: new URL("./migrations/", import.meta.url),
        pgliteWorker: new URL("./pglite-worker.js", import.meta.url),
      },
      progress: teller(),
      signal: stopping.signal,
    });
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
  }
}

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;

/** Each step once it begins, and how far it is now and then. */
function teller(): (step: string, done?: number) => void {
  let [last, at] = ["", 0];
  return (step, done) => {
    const now = Date.now();
    if (step === last && now - at < TELL_MS) return;
    [last, at] = [step, now];
    process.stderr.write(done === undefined ? `${step} …\n` : `${step}: ${done} …\n`);
  };
}

/** What to print on stderr, and the exit code: 2 when the command could not even begin, else `failed`. */
export function explain(
  command: string,
  error: unknown,
  failed: number,
): { readonly text: string; readonly code: number } {
  if (error instanceof ConfigError) return { text: error.message, code: 2 };
  if (!(error instanceof Error)) return { text: String(error), code: failed };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code.startsWith("ERR_PARSE_ARGS") || error.name === "WrongUse")
    return { text: `${error.message}\nRun "nskv ${command} --help".`, code: 2 };
  const cause = error.cause instanceof Error ? `\nCause: ${error.cause.message}` : "";
  return { text: `${error.message}${cause}`, code: error.name === "NoStore" ? 2 : failed };
}

/** `1,234 rows`, `1 object`. */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en")} ${count === 1 ? one : many}`;

const UNITS = ["bytes", "KiB", "MiB", "GiB", "TiB"] as const;

/** `512 bytes`, `1.5 GiB`. */
export function sizeText(bytes: number): string {
  const power = bytes < 1_024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1);
  const number = bytes / 1_024 ** power;
  return `${power === 0 ? number : number.toFixed(1)} ${UNITS[power]}`;
}
