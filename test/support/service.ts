import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BucketOnServer, freshBucket } from "./minio.ts";
import { freshDatabase } from "./postgres.ts";

/** What a service keeps its data in, and how to be rid of it. */
export interface StoragePair {
  readonly env: Readonly<Record<string, string>>;
  readonly flags: readonly string[];
  drop(): Promise<void>;
}

const realServers = Boolean(process.env["NSKV_TEST_DATABASE_URL"] && process.env["NSKV_TEST_S3_ENDPOINT"]);

/** Every test of the service runs on both; where the real servers are missing, the run's start has said why. */
export const PAIRS: readonly { readonly pair: string; readonly skip: boolean; open(): Promise<StoragePair> }[] = [
  { pair: "embedded", skip: false, open: openEmbedded },
  { pair: "Postgres and MinIO", skip: !realServers, open: openReal },
];

async function openEmbedded(): Promise<StoragePair> {
  const folder = await mkdtemp(join(tmpdir(), "nskv-test-"));
  const template = process.env["NSKV_TEST_EMBEDDED_TEMPLATE"];
  if (template) await cp(template, join(folder, "data"), { recursive: true });
  return {
    env: {},
    flags: ["--data", join(folder, "data")],
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}

async function openReal(): Promise<StoragePair> {
  const [database, bucket] = await Promise.all([freshDatabase(), freshBucket()]);
  if (!bucket) throw new Error("There is no object store to test against.");
  return pairOn(database.url, bucket, database.drop);
}

/** The pair that a database and a bucket make. */
export function pairOn(databaseUrl: string, bucket: BucketOnServer, drop: () => Promise<void>): StoragePair {
  return {
    env: {
      NSKV_DATABASE_URL: databaseUrl,
      NSKV_S3_ENDPOINT: bucket.endpoint,
      NSKV_S3_BUCKET: bucket.bucket,
      NSKV_S3_ACCESS_KEY: bucket.accessKey,
      NSKV_S3_SECRET_KEY: bucket.secretKey,
      NSKV_S3_REGION: bucket.region,
    },
    flags: [],
    drop,
  };
}

export interface RunningService {
  /** Such as `http://127.0.0.1:34567`. */
  readonly address: string;
  readonly pid: number;
  /** Everything that it wrote to stderr. */
  log(): string;
  /** Ends it as an operator does and answers its exit code. */
  stop(): Promise<number | null>;
  /** Resolves with its exit code when it ends. */
  ended(): Promise<number | null>;
  /** Ends it as a power cut does. */
  kill(): Promise<void>;
}

function spawnService(pair: StoragePair, port: number) {
  const { NSKV_TEST_DATABASE_URL: _, ...inherited } = process.env;
  return spawn(process.execPath, ["dist/nskv.js", "serve", "--port", `${port}`, ...pair.flags], {
    env: { ...inherited, ...pair.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

/** Starts the program and ends it as a power cut does `ms` later, ready or not. */
export async function killWhileStarting(pair: StoragePair, ms: number): Promise<void> {
  const child = spawnService(pair, 0);
  const exited = once(child, "exit");
  const timer = setTimeout(() => child.kill("SIGKILL"), ms);
  await exited;
  clearTimeout(timer);
}

/** Starts the program that users start, on a free port, and waits for its ready line. */
export async function startService(pair: StoragePair, port = 0): Promise<RunningService> {
  const child = spawnService(pair, port);
  let log = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    log += text;
  });
  const address = await readyAddress(child, () => log);
  const exited = once(child, "exit");
  return {
    address,
    pid: child.pid ?? 0,
    log: () => log,
    async stop() {
      child.kill("SIGTERM");
      return (await exited)[0] as number | null;
    },
    ended: async () => (await exited)[0] as number | null,
    async kill() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}

function readyAddress(child: ChildProcess, log: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    let printed = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
      const address = /ready at (\S+)/.exec(printed)?.[1];
      if (address) resolve(address);
    });
    child.once("exit", (code) => reject(new Error(`The service ended with ${code} before it was ready.\n${log()}`)));
  });
}
