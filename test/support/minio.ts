import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { accessSync, constants, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { Client } from "minio";
import type { FrailServer } from "./postgres.ts";

/** An S3 server for tests, real MinIO wherever it can be had. */
export interface S3Server {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  /** Ends the server, if it was started here, and removes its data. */
  readonly stop: () => Promise<void>;
}

export interface BucketOnServer {
  readonly endpoint: string;
  readonly accessKey: string;
  readonly secretKey: string;
  readonly region: string;
  readonly bucket: string;
}

/** A server that a test has for itself, and may mistreat. */
export interface FrailMinio extends S3Server, FrailServer {
  readonly stop: () => Promise<void>;
}

const REGION = "us-east-1";
const START_MS_MAX = 60_000;
const STOP_MS_MAX = 5_000;
/** For one question of whether it is up: a connection that it took too early is never answered. */
const HEALTH_MS_MAX = 1_000;
const BUCKET_MS_MAX = 30_000;
/** Between asking for free ports and listening on them somebody else may take one. */
const STARTS_MAX = 3;

/**
 * The server that NSKV_TEST_S3_ENDPOINT names, or a new MinIO on loopback with a folder of its own. Undefined, with the
 * reason printed, when there is none; with NSKV_TEST_REQUIRE_ALL=1 that is an error.
 */
export async function startMinio(): Promise<S3Server | undefined> {
  return serverFromEnvironment() ?? startFrailMinio();
}

/** A server like that one, whatever NSKV_TEST_S3_ENDPOINT names. */
export async function startFrailMinio(): Promise<FrailMinio | undefined> {
  const binary = findMinio();
  if (binary) return start(binary);
  const reason = "No MinIO found: run scripts/install-minio.sh, or set NSKV_TEST_MINIO to a binary.";
  if (process.env["NSKV_TEST_REQUIRE_ALL"] === "1") throw new Error(reason);
  console.warn(`${reason} Tests against S3 are left out.`);
  return undefined;
}

/** A bucket that nobody else uses, on the server that the global set-up started, or on `server`; undefined when there is none. */
export async function freshBucket(server = serverFromEnvironment()): Promise<BucketOnServer | undefined> {
  if (!server) return undefined;
  const { endpoint, accessKey, secretKey, region } = server;
  const bucket = `test-${randomBytes(8).toString("hex")}`;
  const { protocol, hostname, port } = new URL(endpoint);
  const useSSL = protocol === "https:";
  const client = new Client({
    endPoint: hostname.replace(/^\[(.*)\]$/, "$1"),
    port: Number(port) || (useSSL ? 443 : 80),
    useSSL,
    accessKey,
    secretKey,
    region,
  });
  const limit = new AbortController();
  const late = pause(BUCKET_MS_MAX, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`${endpoint} did not make a bucket within ${BUCKET_MS_MAX} ms.`);
  });
  // The client itself has no limit, and whoever imports a test file would wait for ever.
  await Promise.race([client.makeBucket(bucket, region), late]).finally(() => limit.abort());
  return { endpoint, accessKey, secretKey, region, bucket };
}

function serverFromEnvironment(): S3Server | undefined {
  const endpoint = process.env["NSKV_TEST_S3_ENDPOINT"];
  if (!endpoint) return undefined;
  return {
    endpoint,
    accessKey: process.env["NSKV_TEST_S3_ACCESS_KEY"] ?? "minioadmin",
    secretKey: process.env["NSKV_TEST_S3_SECRET_KEY"] ?? "minioadmin",
    region: process.env["NSKV_TEST_S3_REGION"] ?? REGION,
    stop: async () => undefined,
  };
}

function findMinio(): string | undefined {
  const named = process.env["NSKV_TEST_MINIO"];
  if (named) {
    if (isExecutable(named)) return named;
    throw new Error(`NSKV_TEST_MINIO names ${named}, which cannot be executed.`);
  }
  const version = readFileSync(new URL("../../.ci/minio.version", import.meta.url), "utf8").trim();
  const caches =
    process.env["NSKV_CACHE"] ?? join(process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"), "namespace-kv");
  const onPath = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "minio"));
  // The pinned one first: what lies on the path may be any version.
  return [join(caches, `minio-${version}`, "minio"), ...onPath].find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function start(binary: string): Promise<FrailMinio> {
  for (let starts = 1; ; starts += 1) {
    try {
      return await startOnce(binary);
    } catch (error) {
      if (starts === STARTS_MAX) throw error;
    }
  }
}

async function startOnce(binary: string): Promise<FrailMinio> {
  const [port, consolePort] = await freePorts();
  const folder = await mkdtemp(join(tmpdir(), "nskv-minio-"));
  const accessKey = `test-${randomBytes(6).toString("hex")}`;
  const secretKey = randomBytes(18).toString("hex");
  const address = ["--address", `127.0.0.1:${port}`, "--console-address", `127.0.0.1:${consolePort}`];
  const endpoint = `http://127.0.0.1:${port}`;
  const env = {
    PATH: process.env["PATH"] ?? "",
    HOME: folder,
    MINIO_ROOT_USER: accessKey,
    MINIO_ROOT_PASSWORD: secretKey,
    MINIO_REGION_NAME: REGION,
    MINIO_BROWSER: "off",
    MINIO_UPDATE: "off",
  };
  let server = spawn(binary, ["server", ...address, folder], { env, stdio: ["ignore", "pipe", "pipe"] });
  // Should the tests die without calling `stop`, the server must not outlive them.
  const kill = () => server.kill("SIGKILL");
  process.once("exit", kill);
  const hasEnded = () => server.exitCode !== null || server.signalCode !== null;
  const end = async (signal: NodeJS.Signals) => {
    if (hasEnded()) return;
    const ended = once(server, "exit");
    server.kill(signal);
    // One that is still starting does not always listen.
    const timer = setTimeout(kill, STOP_MS_MAX);
    await ended;
    clearTimeout(timer);
  };
  const stop = async () => {
    process.off("exit", kill);
    await end("SIGTERM");
    await rm(folder, { recursive: true, force: true });
  };
  await answering(server, endpoint).catch(async (error) => {
    await stop();
    throw error;
  });
  return {
    endpoint,
    accessKey,
    secretKey,
    region: REGION,
    stop,
    crash: () => end("SIGKILL"),
    async start() {
      if (!hasEnded()) return;
      server = spawn(binary, ["server", ...address, folder], { env, stdio: ["ignore", "pipe", "pipe"] });
      await answering(server, endpoint);
    },
    pause: () => void server.kill("SIGSTOP"),
    resume: () => void server.kill("SIGCONT"),
  };
}

/** Resolves when a server that was just started takes requests. */
async function answering(server: ChildProcessByStdio<null, Readable, Readable>, endpoint: string): Promise<void> {
  let output = "";
  for (const stream of [server.stdout, server.stderr])
    stream.on("data", (chunk) => {
      output = (output + chunk).slice(-4_000);
    });
  const halt = new AbortController();
  try {
    await Promise.race([
      healthy(endpoint, AbortSignal.any([halt.signal, AbortSignal.timeout(START_MS_MAX)])),
      once(server, "exit", { signal: halt.signal }).then(() => {
        throw new Error("It ended at once.");
      }),
    ]);
  } catch (error) {
    throw new Error(`MinIO did not start. It said:\n${output}`, { cause: error });
  } finally {
    halt.abort();
  }
}

async function healthy(endpoint: string, signal: AbortSignal): Promise<void> {
  while (true) {
    const answer = fetch(`${endpoint}/minio/health/ready`, { signal: AbortSignal.timeout(HEALTH_MS_MAX) });
    const response = await answer.catch(() => undefined);
    if (response?.ok) return;
    signal.throwIfAborted();
    await pause(50);
  }
}

async function freePorts(): Promise<[number, number]> {
  const servers = [createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    if (address && typeof address === "object") ports.push(address.port);
  }
  for (const server of servers) {
    server.close();
    await once(server, "close");
  }
  const [first, second] = ports;
  if (first === undefined || second === undefined) throw new Error("The system gave no free port.");
  return [first, second];
}
