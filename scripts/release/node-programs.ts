import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { NODE_VERSION, nameOf, type Platform, programName } from "./platforms.ts";

const run = promisify(execFile);

/**
 * Where the packages that carry Node's programs are kept, unpacked: outside of node_modules, since only a release needs
 * them and they are 600 MB.
 */
export function nodeCache(env: NodeJS.ProcessEnv): string {
  const root = env["NSKV_CACHE"] || join(env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "namespace-kv");
  return join(root, `node-${NODE_VERSION}`);
}

/** Node's program for a platform in the cache, whether it is there yet or not. */
export const nodeProgram = (cache: string, platform: Platform): string =>
  join(cache, nameOf(platform), "package", "bin", programName("node", platform));

/** Node's licence in the cache, with those of all that its program holds. The packages for Windows come without it. */
export const nodeLicence = (cache: string, platform: Platform): string =>
  join(cache, nameOf(platform), "package", "LICENSE");

/**
 * Fetches what is not in the cache from the npm registry, 25 to 50 MB for each platform.
 * Fails when an archive is not, byte for byte, the one whose sum stands in platforms.ts.
 */
export async function fetchNode(cache: string, platform: Platform): Promise<void> {
  if (existsSync(nodeProgram(cache, platform))) return;
  await mkdir(cache, { recursive: true });
  // Beside its final place, so that the move is atomic and a fetch that breaks off leaves nothing under the name.
  const draft = await mkdtemp(join(cache, "fetch-"));
  try {
    const name = `${platform.nodePackage}@${NODE_VERSION}`;
    const { stdout } = await run("npm", ["pack", "--silent", "--pack-destination", draft, name], {
      shell: process.platform === "win32", // where npm is a script
    });
    const archive = join(draft, stdout.trim());
    const found = `sha512-${createHash("sha512")
      .update(await readFile(archive))
      .digest("base64")}`;
    if (found !== platform.integrity) throw new Error(`${name} is ${found}, not ${platform.integrity}`);
    await run("tar", ["-xzf", archive, "-C", draft]);
    await rm(archive);
    await rename(draft, join(cache, nameOf(platform)));
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}
