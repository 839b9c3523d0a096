import { type ChildProcess, execFileSync, fork, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startMinio } from "../../test/support/minio.ts";
import { startPostgres } from "../../test/support/postgres.ts";
import { PAIRS, type StoragePair, startService } from "../../test/support/service.ts";
import { childNamed } from "./cpu.ts";
import type { Copied } from "./hono.child.ts";
import { ofService } from "./requests.ts";
import { send } from "./send.ts";

/** A server under measurement. */
export interface Server {
  readonly port: number;
  readonly pid: number;
}

export interface Servers {
  readonly embedded: Server;
  readonly real: Server;
  readonly etcd: Server;
  readonly hono: Server;
  readonly postgres: number;
  readonly minio: number;
  /** Where the real pair keeps its data. */
  readonly pair: StoragePair;
  /** For what a bare disk is made to write. */
  readonly folder: string;
}

/** Starts everything that is compared, runs `story`, and ends it again. All of it stands idle but for what is measured. */
export async function withServers(story: (servers: Servers) => Promise<void>): Promise<void> {
  const ends: (() => Promise<unknown>)[] = [];
  try {
    const folder = await mkdtemp(join(tmpdir(), "nskv-bench-"));
    ends.push(() => rm(folder, { recursive: true, force: true }));
    process.env["NSKV_TEST_REQUIRE_ALL"] = "1";
    const postgres = await startPostgres();
    if (postgres) ends.push(postgres.stop);
    const minio = await startMinio();
    if (minio) ends.push(minio.stop);
    if (!postgres || !minio) throw new Error("PostgreSQL and MinIO are needed.");
    process.env["NSKV_TEST_DATABASE_URL"] = postgres.url;
    process.env["NSKV_TEST_S3_ENDPOINT"] = minio.endpoint;
    process.env["NSKV_TEST_S3_ACCESS_KEY"] = minio.accessKey;
    process.env["NSKV_TEST_S3_SECRET_KEY"] = minio.secretKey;
    const [embedded, real] = [await startPair(0, ends), await startPair(1, ends)];
    const etcd = await startEtcd(join(folder, "etcd"), ends);
    const hono = await startHono(await copied(real.server.port), ends);
    await mkdir(join(folder, "disk"));
    await story({
      embedded: embedded.server,
      real: real.server,
      etcd,
      hono,
      postgres: childNamed("postgres"),
      minio: childNamed("minio"),
      pair: real.pair,
      folder: join(folder, "disk"),
    });
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

async function startPair(index: 0 | 1, ends: (() => Promise<unknown>)[]) {
  const pair = await (PAIRS[index] as (typeof PAIRS)[number]).open();
  ends.push(() => pair.drop());
  const service = await startService(pair);
  ends.push(() => service.stop());
  return { pair, server: { port: Number(new URL(service.address).port), pid: service.pid } };
}

/** The answer to the GET that is measured, from a service that holds what is read. */
async function copied(port: number): Promise<Copied> {
  for (const request of [ofService.puts[0], ofService.gets[0]] as const) {
    const answer = await send(port, request ?? "");
    if (request === ofService.gets[0]) return answer;
  }
  throw new Error("There is no GET to copy.");
}

async function startHono(answer: Copied, ends: (() => Promise<unknown>)[]): Promise<Server> {
  const child = fork(fileURLToPath(new URL("hono.child.ts", import.meta.url)), { execArgv: ["--import", "tsx"] });
  ends.push(() => ended(child));
  child.send(answer);
  const [port] = (await once(child, "message")) as [number];
  return { port, pid: child.pid ?? 0 };
}

async function startEtcd(data: string, ends: (() => Promise<unknown>)[]): Promise<Server> {
  const script = fileURLToPath(new URL("../../scripts/install-etcd.sh", import.meta.url));
  const binary = execFileSync(script, { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] }).trim();
  const [client, peer] = [await freePort(), await freePort()];
  const address = (port: number) => `http://127.0.0.1:${port}`;
  const flags = {
    "data-dir": data,
    "listen-client-urls": address(client),
    "advertise-client-urls": address(client),
    "listen-peer-urls": address(peer),
    "initial-advertise-peer-urls": address(peer),
    "initial-cluster": `default=${address(peer)}`,
    "max-txn-ops": "1000",
    "log-level": "error",
  };
  const child = spawn(
    binary,
    Object.entries(flags).map(([name, value]) => `--${name}=${value}`),
    { stdio: "ignore" },
  );
  ends.push(() => ended(child));
  await answering(`${address(client)}/health`);
  return { port: client, pid: child.pid ?? 0 };
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, "exit");
  child.kill("SIGTERM");
  await exit;
}

async function answering(url: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      if ((await fetch(url)).ok) return;
    } catch (error) {
      if (tries === 100) throw error;
    }
    await pause(100);
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}
