import { parseArgs } from "node:util";
import { ConfigError, DEFAULTS, loadConfig } from "../service/config.ts";
import { startService } from "../service/main.ts";
import { VERSION } from "./version.ts";

const HELP = `Run the service until it is told to stop.

Usage: nskv serve [--host HOST] [--port PORT] [--data FOLDER]

Options:
  --host HOST     Address to listen on: loopback only, as there is no access control yet (default ${DEFAULTS.host})
  --port PORT     Port to listen on; 0 takes a free one (default ${DEFAULTS.port})
  --data FOLDER   Folder of the embedded store, made when it is missing (default ${DEFAULTS.data})
  --help          Show this text

Variables:
  NSKV_HOST, NSKV_PORT, NSKV_DATA    the same as the options, which win
  NSKV_VALUE_BYTES_MAX               the most bytes that a value may have (default: any number)
  NSKV_LOG_LEVEL                     fatal, error, warn, info (default), debug, trace or silent; the log goes to stderr
  NSKV_WEBHOOK_RETRY_SECONDS         pauses before each further attempt of a webhook, such as 5,300,1800
  NSKV_SWEEP_SECONDS                 between two sweeps of what has expired or died (default 60)
  NSKV_CHANGES_DAYS                  how long watchers and webhooks may be behind (default 7)
  NSKV_STORE_SECONDS                 how long Postgres or the object store is waited for (default ${DEFAULTS.storeSeconds})

  OTEL_EXPORTER_OTLP_ENDPOINT        where traces go; all other variables of OpenTelemetry's SDK hold as well

Real servers instead of the embedded store, all of them or none:
  NSKV_DATABASE_URL                        postgres://user:password@host:5432/database
  NSKV_S3_ENDPOINT, NSKV_S3_BUCKET,        MinIO or any other S3
  NSKV_S3_ACCESS_KEY, NSKV_S3_SECRET_KEY
  NSKV_S3_REGION                           default ${DEFAULTS.region}
`;

const OPTIONS = {
  host: { type: "string" },
  port: { type: "string" },
  data: { type: "string" },
  help: { type: "boolean", short: "h" },
} as const;

/** Exit codes: 0 stopped as asked, 1 could not start or stop, 2 wrong use. */
export async function serve(words: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const service = await startService(loadConfig(process.env, values), {
      migrations: new URL("./migrations/", import.meta.url),
      pgliteWorker: new URL("./pglite-worker.js", import.meta.url),
      docs: new URL("./docs/", import.meta.url),
      version: VERSION,
    });
    // Before the line that tells whoever started it that it may be stopped.
    const stopped = stopSignal();
    process.stdout.write(`Namespace KV is ready at ${service.address}\n`);
    await stopped;
    await service.drain();
    return 0;
  } catch (error) {
    const { text, code } = explain(error);
    process.stderr.write(`nskv serve: ${text}\n`);
    return code;
  }
}

/** The first signal drains; a second one ends the process at once, as nobody listens any more. */
const stopSignal = () =>
  new Promise<void>((resolve) => {
    const stop = () => {
      for (const signal of STOP_SIGNALS) process.off(signal, stop);
      resolve();
    };
    for (const signal of STOP_SIGNALS) process.on(signal, stop);
  });

const STOP_SIGNALS = ["SIGTERM", "SIGINT"] as const;

function explain(error: unknown): { readonly text: string; readonly code: number } {
  if (error instanceof ConfigError) return { text: error.message, code: 2 };
  if (!(error instanceof Error)) return { text: String(error), code: 1 };
  const code = "code" in error && typeof error.code === "string" ? error.code : "";
  if (code.startsWith("ERR_PARSE_ARGS")) return { text: `${error.message}\nRun "nskv serve --help".`, code: 2 };
  if (code === "EADDRINUSE")
    return {
      text: "The port is taken by another process. Choose another with --port, or --port 0 for a free one.",
      code: 1,
    };
  if (code === "EACCES" && "syscall" in error && error.syscall === "listen")
    return { text: "This user may not listen on the port. Choose one above 1023 with --port.", code: 1 };
  const cause = error.cause instanceof Error ? `\nCause: ${error.cause.message}` : "";
  return { text: `${error.message}${cause}`, code: 1 };
}
