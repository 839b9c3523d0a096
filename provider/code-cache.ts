import { createHash } from "node:crypto";
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { isAbsolute, join } from "node:path";

const DIGEST_BYTES = 32;
/** Of 500 kB each. A file per provider version, Node version and set of V8 flags. */
const FILES_MAX = 8;

/** V8's compiled code, kept between two runs of the provider. */
export interface CodeCache {
  /** What a former run kept, proven to be whole; undefined when there is none. */
  readonly code: Buffer | undefined;
  /** Keeps `code` for the next run. Never fails: without a cache the provider is slower and nothing else. */
  keep(code: Buffer): void;
}

/** Where this user's caches are: the platform's custom, and `XDG_CACHE_HOME` wherever it is set. */
export function cacheFolder(env: Readonly<Record<string, string | undefined>>, platform = process.platform): string {
  return join(userCaches(env, platform), "namespace-kv", "provider");
}

/**
 * Opens the cache named `name` in `folder`.
 *
 * V8 runs what the file says, so whoever may write it may act as this user. The folder must therefore belong to the
 * user and be closed to everyone else, the file too; otherwise there is no cache (undefined).
 */
export function openCodeCache(folder: string, name: string): CodeCache | undefined {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const stats = lstatSync(folder);
    if (!stats.isDirectory() || !isPrivate(stats)) return undefined;
  } catch {
    return undefined; // no home, or one that cannot be written
  }
  const file = join(folder, name);
  return { code: read(file), keep: (code) => keep(folder, file, code) };
}

function userCaches(env: Readonly<Record<string, string | undefined>>, platform: NodeJS.Platform): string {
  const chosen = env["XDG_CACHE_HOME"];
  if (chosen && isAbsolute(chosen)) return chosen; // the XDG specification has relative ones ignored
  if (platform === "win32" && env["LOCALAPPDATA"]) return env["LOCALAPPDATA"];
  return platform === "darwin" ? join(homedir(), "Library", "Caches") : join(homedir(), ".cache");
}

/** Windows has no owner and mode to look at; there the profile folder's own access list does this. */
function isPrivate(stats: Stats): boolean {
  const uid = process.geteuid?.();
  return uid === undefined || (stats.uid === uid && (stats.mode & 0o077) === 0);
}

function read(file: string): Buffer | undefined {
  try {
    // O_NOFOLLOW, which Windows has not: a link would lead to a file whose folder nobody checked.
    const descriptor = openSync(file, constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0));
    try {
      const stats = fstatSync(descriptor);
      return stats.isFile() && isPrivate(stats) ? proven(readFileSync(descriptor)) : undefined;
    } finally {
      closeSync(descriptor);
    }
  } catch {
    return undefined;
  }
}

/** V8 itself checks no sum: one wrong byte aborts the process, and so would every start after it. */
function proven(content: Buffer): Buffer | undefined {
  const code = content.subarray(DIGEST_BYTES);
  return digest(code).equals(content.subarray(0, DIGEST_BYTES)) ? code : undefined;
}

function digest(code: Buffer): Buffer {
  return createHash("sha256").update(code).digest();
}

function keep(folder: string, file: string, code: Buffer): void {
  const draft = `${file}.${process.pid}`;
  try {
    // Renamed when it is whole, as another provider may be starting right now.
    writeFileSync(draft, Buffer.concat([digest(code), code]), { mode: 0o600, flag: "wx" });
    renameSync(draft, file);
    forgetOldest(folder);
  } catch {
    // A full or read-only disk, or a process of the same number that died half-way: the next start is as slow as this.
  }
}

function forgetOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  const newestFirst = files.map((file) => ({ file, at: lstatSync(file).mtimeMs })).sort((one, two) => two.at - one.at);
  for (const { file } of newestFirst.slice(FILES_MAX)) unlinkSync(file);
}
