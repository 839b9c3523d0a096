import { resolve } from "node:path";
import { CHANGES_KEPT_DAYS, STORE_SECONDS, SWEEP_SECONDS, WEBHOOK_RETRY_SECONDS } from "../api/limits.ts";

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
  /** Seconds before each further attempt to tell a webhook of a change. */
  readonly webhookRetrySeconds: readonly number[];
  /** How long one question to a store may take. */
  readonly storeMsMax: number;
  /** How long a change stays in the log that watchers read. */
  readonly changesMs: number;
  /** Bytes that a value may have; undefined: any number. */
  readonly valueBytesMax: number | undefined;
  /** Whether the usual `OTEL_*` variables ask for traces; OpenTelemetry's SDK reads by itself what else they say. */
  readonly traces: boolean;
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

export const DEFAULTS = {
  host: "127.0.0.1",
  port: "8080",
  data: "./nskv-data",
  region: "us-east-1",
  storeSeconds: STORE_SECONDS,
} as const;

const DRAIN_MS_MAX = 30_000;
/** A day. */
const SWEEP_SECONDS_MAX = 86_400;
/** A week. */
const RETRY_SECONDS_MAX = 604_800;
const STORE_SECONDS_MAX = 600;
/** Ten years. */
const CHANGES_KEPT_DAYS_MAX = 3_650;
const DAY_MS = 86_400_000;
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
  const valueBytesMax = env["NSKV_VALUE_BYTES_MAX"] ? Number(env["NSKV_VALUE_BYTES_MAX"]) : undefined;
  if (valueBytesMax !== undefined && !(Number.isSafeInteger(valueBytesMax) && valueBytesMax > 0))
    complaints.push("NSKV_VALUE_BYTES_MAX must be a number of bytes above 0; without it values may have any size.");
  const times = loadTimes(env, complaints);
  const stores = loadStores(env, flags, complaints);
  if (complaints.length > 0 || !logLevel || !stores) throw new ConfigError(complaints);
  return { host, port, stores, logLevel, ...times, valueBytesMax, traces: asksForTraces(env) };
}

/** Without any of them the SDK would send to a collector on this machine that is seldom there. */
function asksForTraces(env: Environment): boolean {
  if (env["OTEL_SDK_DISABLED"]?.trim().toLowerCase() === "true" || env["OTEL_TRACES_EXPORTER"]?.trim() === "none")
    return false;
  const asking = ["OTEL_TRACES_EXPORTER", "OTEL_EXPORTER_OTLP_ENDPOINT", "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"];
  return asking.some((name) => Boolean(env[name]?.trim()));
}

type Times = Pick<Config, "drainMsMax" | "sweepMs" | "storeMsMax" | "changesMs" | "webhookRetrySeconds">;

function loadTimes(env: Environment, complaints: string[]): Times {
  const sweepSeconds = Number(env["NSKV_SWEEP_SECONDS"] || SWEEP_SECONDS);
  if (!(sweepSeconds > 0 && sweepSeconds <= SWEEP_SECONDS_MAX))
    complaints.push(`NSKV_SWEEP_SECONDS must be a number above 0 and at most ${SWEEP_SECONDS_MAX}.`);
  const changesDays = Number(env["NSKV_CHANGES_DAYS"] || CHANGES_KEPT_DAYS);
  if (!(changesDays > 0 && changesDays <= CHANGES_KEPT_DAYS_MAX))
    complaints.push(`NSKV_CHANGES_DAYS must be a number above 0 and at most ${CHANGES_KEPT_DAYS_MAX}.`);
  const storeSeconds = Number(env["NSKV_STORE_SECONDS"] || STORE_SECONDS);
  if (!(storeSeconds >= 1 && storeSeconds <= STORE_SECONDS_MAX))
    complaints.push(`NSKV_STORE_SECONDS must be a number from 1 to ${STORE_SECONDS_MAX}.`);
  return {
    drainMsMax: DRAIN_MS_MAX,
    sweepMs: sweepSeconds * 1_000,
    storeMsMax: storeSeconds * 1_000,
    changesMs: changesDays * DAY_MS,
    webhookRetrySeconds: loadRetrySeconds(env["NSKV_WEBHOOK_RETRY_SECONDS"], complaints),
  };
}

function loadRetrySeconds(text: string | undefined, complaints: string[]): readonly number[] {
  if (!text) return WEBHOOK_RETRY_SECONDS;
  const seconds = text.split(",").map(Number);
  if (!seconds.every((pause) => pause > 0 && pause <= RETRY_SECONDS_MAX))
    complaints.push(
      `NSKV_WEBHOOK_RETRY_SECONDS must be numbers above 0 and at most ${RETRY_SECONDS_MAX}, such as 5,300,1800.`,
    );
  return seconds;
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
