import { resolve } from "node:path";
import { SWEEP_SECONDS } from "../api/limits.ts";

/** What the service is told when it starts. */
export interface Config {
  readonly host: string;
  readonly port: number;
  /** Postgres and an object store, or the folder that holds both when neither is named. */
  readonly stores: RealStores | EmbeddedStores;
  readonly logLevel: LogLevel;
  /** How long requests that are under way may still take after the signal to stop. */
  readonly drainMsMax: number;
  /** Between two sweeps, give or take half of it. */
  readonly sweepMs: number;
}

/** The part of the configuration that those need who open the stores and serve nobody. Fails with `ConfigError`. */
export function loadStoresConfig(env: Environment, flags: Pick<Flags, "data"> = {}): Pick<Config, "stores"> {
  const complaints: string[] = [];
  const stores = loadStores(env, flags, complaints);
  if (complaints.length > 0 || !stores) throw new ConfigError(complaints);
  return { stores };
}

export interface EmbeddedStores {
  readonly kind: "embedded";
  readonly folder: string;
}

export interface RealStores {
  readonly kind: "real";
  readonly databaseUrl: string;
  readonly s3: {
    readonly endpoint: string;
    readonly bucket: string;
    readonly accessKey: string;
    readonly secretKey: string;
    readonly region: string;
  };
}

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** All that is wrong with the configuration, one complaint a line. */
export class ConfigError extends Error {
  constructor(complaints: readonly string[]) {
    super(complaints.join("\n"));
    this.name = "ConfigError";
  }
}

export interface Flags {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly data?: string | undefined;
}

export const DEFAULTS = { host: "127.0.0.1", port: "8080", data: "./nskv-data", region: "us-east-1" } as const;

const DRAIN_MS_MAX = 30_000;
/** A day. */
const SWEEP_SECONDS_MAX = 86_400;
const PORT_MAX = 65_535;

type Environment = Readonly<Record<string, string | undefined>>;

/** The only reader of the environment: all complaints at once, before anything opens. Flags win over variables. */
export function loadConfig(env: Environment, flags: Flags = {}): Config {
  const complaints: string[] = [];
  const host = flags.host ?? env["NSKV_HOST"] ?? DEFAULTS.host;
  if (!isLoopback(host))
    complaints.push(
      `The host ${host} can be reached from elsewhere, and this version has no access control: listen on 127.0.0.1, ::1 or localhost.`,
    );
  const port = Number(flags.port ?? env["NSKV_PORT"] ?? DEFAULTS.port);
  if (!Number.isInteger(port) || port < 0 || port > PORT_MAX)
    complaints.push(`The port must be a number from 0 to ${PORT_MAX}; 0 takes a free one. Set --port or NSKV_PORT.`);
  const logLevel = LOG_LEVELS.find((level) => level === (env["NSKV_LOG_LEVEL"] ?? "info"));
  if (!logLevel) complaints.push(`NSKV_LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}.`);
  const sweepSeconds = Number(env["NSKV_SWEEP_SECONDS"] || SWEEP_SECONDS);
  if (!(sweepSeconds > 0 && sweepSeconds <= SWEEP_SECONDS_MAX))
    complaints.push(`NSKV_SWEEP_SECONDS must be a number above 0 and at most ${SWEEP_SECONDS_MAX}.`);
  const stores = loadStores(env, flags, complaints);
  if (complaints.length > 0 || !logLevel || !stores) throw new ConfigError(complaints);
  return { host, port, stores, logLevel, drainMsMax: DRAIN_MS_MAX, sweepMs: sweepSeconds * 1_000 };
}

const REAL = [
  "NSKV_DATABASE_URL",
  "NSKV_S3_ENDPOINT",
  "NSKV_S3_BUCKET",
  "NSKV_S3_ACCESS_KEY",
  "NSKV_S3_SECRET_KEY",
] as const;

/** Real servers are named whole or not at all: half of a pair would be a store that nobody meant. */
function loadStores(env: Environment, flags: Flags, complaints: string[]): Config["stores"] | undefined {
  const missing = REAL.filter((name) => !env[name]);
  if (missing.length === REAL.length)
    return { kind: "embedded", folder: resolve(flags.data ?? env["NSKV_DATA"] ?? DEFAULTS.data) };
  if (flags.data !== undefined)
    complaints.push(
      "--data is for the embedded store, and NSKV_* variables name real servers: leave out one of the two.",
    );
  if (missing.length > 0) {
    complaints.push(`Set ${missing.join(" and ")} as well, or none of the NSKV_DATABASE_URL and NSKV_S3_* variables.`);
    return undefined;
  }
  const [databaseUrl, endpoint, bucket, accessKey, secretKey] = REAL.map((name) => env[name] ?? "") as [
    string,
    string,
    string,
    string,
    string,
  ];
  if (!/^postgres(ql)?:\/\//.test(databaseUrl)) complaints.push("NSKV_DATABASE_URL must begin with postgres://.");
  if (!/^https?:\/\//.test(endpoint) || !URL.canParse(endpoint))
    complaints.push("NSKV_S3_ENDPOINT must be an address such as http://127.0.0.1:9000.");
  const region = env["NSKV_S3_REGION"] || DEFAULTS.region;
  return { kind: "real", databaseUrl, s3: { endpoint, bucket, accessKey, secretKey, region } };
}

const isLoopback = (host: string): boolean =>
  host === "localhost" || host === "::1" || /^127(\.\d{1,3}){3}$/.test(host);
