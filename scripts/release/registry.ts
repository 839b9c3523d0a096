import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { link, mkdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { promisify } from "node:util";
import { PROTOCOL_VERSION } from "../../provider/go-plugin/handshake.ts";

/**
 * What a registry asks for beside the archives.
 * https://developer.hashicorp.com/terraform/registry/providers/publishing#manually-preparing-a-release
 */

const run = promisify(execFile);

/** Writes which protocol the provider speaks, and answers the file. */
export async function writeManifest(folder: string, release: string): Promise<string> {
  const file = join(folder, `${release}_manifest.json`);
  const manifest = { version: 1, metadata: { protocol_versions: [`${PROTOCOL_VERSION}.0`] } };
  await writeFile(file, `${JSON.stringify(manifest, undefined, 2)}\n`);
  return file;
}

/** Writes the sums of `files` as `sha256sum --check` reads them, and answers the file. */
export async function writeSums(folder: string, release: string, files: readonly string[]): Promise<string> {
  const file = join(folder, `${release}_SHA256SUMS`);
  const lines = await Promise.all([...files].sort().map(async (one) => `${await sumOf(one)}  ${basename(one)}\n`));
  await writeFile(file, lines.join(""));
  return file;
}

async function sumOf(file: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

/**
 * Signs the sums, as binary and detached, with a key of GPG's.
 * @param key whatever GPG knows it by: fingerprint, id or address
 */
export async function sign(sums: string, key: string): Promise<void> {
  await rm(`${sums}.sig`, { force: true });
  await run("gpg", ["--batch", "--local-user", key, "--output", `${sums}.sig`, "--detach-sign", sums]);
}

/**
 * Lays the archives out as a `filesystem_mirror` block finds them.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror, "packed layout"
 * @param source the provider's address, `host/namespace/type`
 */
export async function layMirror(folder: string, source: string, archives: readonly string[]): Promise<void> {
  const place = join(folder, ...source.split("/"));
  await mkdir(place, { recursive: true });
  // The same bytes under a second name, as they are 200 MB.
  for (const archive of archives) await link(archive, join(place, basename(archive)));
}
