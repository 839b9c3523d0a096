import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readFile, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { join } from "node:path";

export interface FolderLock {
  release(): Promise<void>;
}

/** Who opened the folder last; true only while the lock is held. */
interface Owner {
  readonly pid: number;
  readonly since: string;
}

/**
 * Keeps every other process, and every other store in this one, out of the folder until `release`. The lock is the
 * kernel's, which frees it when the process ends, however it ends: so there are no stale locks after `kill -9`, a
 * number that another process took over means nothing, and of two that start at once exactly one wins.
 * The file beside it only tells people who holds it. Fails with an error that says so, and what to do.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true });
  const ownerFile = join(folder, "owner.json");
  const lock = await (process.platform === "linux" ? bindName(folder) : openExclusively(folder));
  if (!lock) throw new Error(inUse(folder, await readOwner(ownerFile)));
  const owner: Owner = { pid: process.pid, since: new Date().toISOString() };
  await writeFile(ownerFile, `${JSON.stringify(owner)}\n`);
  return lock;
}

function inUse(folder: string, owner: Owner | undefined): string {
  const who = owner ? `process ${owner.pid} since ${owner.since}` : "another process";
  const stop = owner ? `Stop it (kill ${owner.pid})` : "Stop it";
  return `The data folder ${folder} is in use by ${who}. ${stop}, or choose another folder with --data.`;
}

async function readOwner(file: string): Promise<Owner | undefined> {
  try {
    return JSON.parse(await readFile(file, "utf8")) as Owner;
  } catch {
    return undefined; // The winner has not written it yet. The lock says enough.
  }
}

/**
 * Linux: a name in the abstract namespace of sockets, made of the folder's inode, whatever path leads to it
 * (unix(7)). It leaves no file behind.
 */
async function bindName(folder: string): Promise<FolderLock | undefined> {
  const { dev, ino } = await stat(folder);
  const server = createServer((socket) => socket.destroy());
  const bound = await new Promise<boolean>((resolve, reject) => {
    server.once("error", (error) => ("code" in error && error.code === "EADDRINUSE" ? resolve(false) : reject(error)));
    server.listen(`\0namespace-kv-${dev}-${ino}`, () => resolve(true));
  });
  return bound ? { release: () => closed(server.unref()) } : undefined;
}

const closed = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

/** O_EXLOCK, which Node has no name for: the BSDs and macOS (open(2)), and libuv's own for Windows. */
const EXCLUSIVE: Readonly<Record<string, number>> = { darwin: 0x20, freebsd: 0x20, openbsd: 0x20, win32: 0x1000_0000 };

async function openExclusively(folder: string): Promise<FolderLock | undefined> {
  const exclusive = EXCLUSIVE[process.platform];
  if (exclusive === undefined)
    throw new Error(`The embedded store needs a lock that ${process.platform} does not offer. Use real servers.`);
  const flags = constants.O_RDWR | constants.O_CREAT | (constants.O_NONBLOCK ?? 0) | exclusive;
  try {
    const file: FileHandle = await open(join(folder, "lock"), flags);
    return { release: () => file.close() };
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "EAGAIN" || code === "EWOULDBLOCK" || code === "EBUSY") return undefined;
    throw error;
  }
}
