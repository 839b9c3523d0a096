import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  accessSync,
  chownSync,
  constants,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import postgres from "postgres";
import { loopbackIdentity } from "./certificates.ts";

const execute = promisify(execFile);

/** Where the tests find a server; set from outside to use another than the throw-away one. */
const URL_VARIABLE = "NSKV_TEST_DATABASE_URL";
const SUPERUSER = "nskv";

export interface TestPostgres {
  readonly url: string;
  /** Of a server that takes TLS: the files of its certificate, which it takes from its clients too, and of the key. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  readonly stop: () => Promise<void>;
}

/** A server that a test has for itself, and may mistreat. */
export interface FrailServer {
  /** Ends it at once, as a crash does; its data stay. */
  crash(): Promise<void>;
  /** Starts it anew on its data, at its address, if it does not run. Resolves when it answers. */
  start(): Promise<void>;
  /** Lets it stand still: its connections stay, and nobody answers on them. */
  pause(): void;
  resume(): void;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

export interface FrailPostgres extends FrailServer, Omit<TestPostgres, "stop"> {}

/**
 * A throw-away server from the machine's own binaries: durable like a real one, on a free port of 127.0.0.1, gone
 * without a trace afterwards. Undefined, with the reason printed, when the machine has none, unless
 * NSKV_TEST_REQUIRE_ALL=1 makes that an error. A server named by NSKV_TEST_DATABASE_URL is used as it is.
 */
export async function startPostgres(): Promise<TestPostgres | undefined> {
  const given = process.env[URL_VARIABLE];
  if (given) return { url: given, stop: async () => undefined };
  return startFrailPostgres();
}

/** A server like that one, whatever NSKV_TEST_DATABASE_URL names. */
export async function startFrailPostgres(): Promise<FrailPostgres | undefined> {
  const binaries = findBinaries();
  if (!binaries) {
    const reason = "PostgreSQL's initdb and postgres are neither in PATH nor in /usr/lib/postgresql/*/bin";
    if (process.env["NSKV_TEST_REQUIRE_ALL"] === "1") throw new Error(`${reason}; NSKV_TEST_REQUIRE_ALL is set.`);
    console.warn(`Tests on a real PostgreSQL are left out: ${reason}.`);
    return undefined;
  }
  return startServer(binaries);
}

/** A database of its own for each test file, on the server that the whole run shares. */
export async function freshDatabase(): Promise<{ readonly url: string; readonly drop: () => Promise<void> }> {
  const server = process.env[URL_VARIABLE];
  if (!server) throw new Error(`${URL_VARIABLE} is not set: no PostgreSQL was started for this run.`);
  const name = `nskv_${randomBytes(6).toString("hex")}`;
  const create = `CREATE DATABASE ${name} ENCODING 'UTF8' TEMPLATE template0`;
  // A locale that sorts as people do, where the server knows one: nothing of ours may lean on the database's own.
  await administer(server, `${create} LOCALE_PROVIDER icu ICU_LOCALE 'en'`).catch(() => administer(server, create));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => administer(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`) };
}

async function administer(url: string, text: string): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined });
  await sql.unsafe(text).finally(() => sql.end());
}

interface Binaries {
  readonly initdb: string;
  readonly postgres: string;
}

function findBinaries(): Binaries | undefined {
  const versions = listed("/usr/lib/postgresql").sort((a, b) => Number(b) - Number(a));
  const folders = [
    ...(process.env["PATH"] ?? "").split(delimiter),
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
  ];
  const folder = folders.find((one) => ["initdb", "postgres"].every((name) => isExecutable(join(one, name))));
  return folder === undefined ? undefined : { initdb: join(folder, "initdb"), postgres: join(folder, "postgres") };
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return []; // No such folder: nothing is installed there.
  }
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

async function startServer(binaries: Binaries): Promise<FrailPostgres> {
  const folder = mkdtempSync(join(tmpdir(), "nskv-postgres-"));
  const user = await ownedByUser(folder);
  const data = join(folder, "data");
  await execute(
    ...as(user, binaries.initdb, ["-D", data, "-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale", "C", "-N"]),
  );
  const tls = identityFiles(data, user);
  const port = await freePort();
  const settings = {
    listen_addresses: "127.0.0.1",
    unix_socket_directories: folder,
    max_connections: "200",
    ssl: "on",
    ssl_cert_file: tls.certificate,
    ssl_key_file: tls.key,
    ssl_ca_file: tls.certificate,
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const [command, args] = as(user, binaries.postgres, ["-D", data, "-p", String(port), ...flags]);
  const url = `postgres://${SUPERUSER}@127.0.0.1:${port}/postgres`;
  let server = spawn(command, args, { stdio: "ignore" });
  const hasEnded = () => server.exitCode !== null || server.signalCode !== null;
  const end = async (signal: NodeJS.Signals) => {
    if (hasEnded()) return;
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  };
  const stop = async () => {
    await end("SIGINT"); // "fast": ends the sessions, then itself.
    rmSync(folder, { recursive: true, force: true });
  };
  await answering(url).catch(async (error: unknown) => {
    await stop();
    throw error;
  });
  return {
    url,
    tls,
    stop,
    crash: () => end("SIGQUIT"), // what `pg_ctl stop -m immediate` sends
    async start() {
      if (hasEnded()) server = spawn(command, args, { stdio: "ignore" });
      await answering(url);
    },
    pause: () => signalAll(server.pid, "SIGSTOP"),
    resume: () => signalAll(server.pid, "SIGCONT"),
  };
}

/** The server refuses a key that others may read. */
function identityFiles(folder: string, user: User | undefined): NonNullable<TestPostgres["tls"]> {
  const { certificatePem, keyPem } = loopbackIdentity();
  const written = (name: string, text: string) => {
    const file = join(folder, name);
    writeFileSync(file, text, { mode: 0o600 });
    if (user) chownSync(file, user.uid, user.gid);
    return file;
  };
  return { certificate: written("nskv.crt", certificatePem), key: written("nskv.key", keyPem) };
}

/** To a server and its children: each session is a process in a group of its own. */
function signalAll(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  for (const each of [pid, ...children.map(Number)]) process.kill(each, signal);
}

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Postgres refuses to run as root; root takes the user that its package made, or nobody. */
async function ownedByUser(folder: string): Promise<User | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["postgres", "nobody"]) {
    try {
      const { stdout } = await execute("id", ["-u", name]);
      const group = await execute("id", ["-g", name]);
      const user = { uid: Number(stdout), gid: Number(group.stdout) };
      chownSync(folder, user.uid, user.gid);
      return user;
    } catch {
      // No such user; the next may do.
    }
  }
  throw new Error("PostgreSQL does not run as root, and there is no user 'postgres' or 'nobody' to run it as.");
}

function as(user: User | undefined, command: string, args: string[]): [string, string[]] {
  if (!user) return [command, args];
  return ["setpriv", [`--reuid=${user.uid}`, `--regid=${user.gid}`, "--clear-groups", command, ...args]];
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });
}

const TRIES_MAX = 100;
const PAUSE_MS = 100;

async function answering(url: string): Promise<void> {
  for (let tried = 1; ; tried++) {
    try {
      return await administer(url, "SELECT 1");
    } catch (error) {
      if (tried === TRIES_MAX) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
