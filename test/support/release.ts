import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { platformName } from "../../scripts/provider-mirror.ts";
import { nodeCache, nodeProgram } from "../../scripts/release/node-programs.ts";
import { nameOf, PLATFORMS, type Platform } from "../../scripts/release/platforms.ts";

const run = promisify(execFile);

/** One member of a zip, as a reader that is not ours finds it. */
export interface ZipMember {
  readonly name: string;
  /** In octal, with the file's kind. */
  readonly mode: string;
}

/**
 * The platforms that a test makes a release for: all where nothing may be left out, otherwise this machine's, if its
 * Node has been fetched before. None when there is none; the reason has been printed then.
 */
export function releasable(): readonly Platform[] {
  if (process.env["NSKV_TEST_REQUIRE_ALL"] === "1") return PLATFORMS;
  const cached = (platform: Platform) => existsSync(nodeProgram(nodeCache(process.env), platform));
  const here = PLATFORMS.filter((platform) => nameOf(platform) === platformName() && cached(platform));
  if (here.length === 0)
    console.warn("Node for a release is not in the cache ('make release' fetches it). Its test is left out.");
  return here;
}

/** A GPG of the test's own with one key, as the variables that lead to it. */
export async function throwAwayKey(): Promise<{
  readonly env: Readonly<Record<string, string>>;
  drop(): Promise<void>;
}> {
  const home = await mkdtemp(join(tmpdir(), "nskv-gpg-"));
  const env = { ...process.env, GNUPGHOME: home };
  const key = "release@example.test";
  await run(
    "gpg",
    ["--batch", "--quiet", "--passphrase", "", "--quick-generate-key", key, "rsa3072", "sign", "never"],
    { env },
  );
  return {
    env: { GNUPGHOME: home, NSKV_RELEASE_GPG_KEY: key },
    async drop() {
      await run("gpgconf", ["--kill", "gpg-agent"], { env });
      await rm(home, { recursive: true, force: true });
    },
  };
}

const LIST = `
import json, sys, zipfile
members = zipfile.ZipFile(sys.argv[1]).infolist()
print(json.dumps([{"name": m.filename, "mode": oct(m.external_attr >> 16)} for m in members]))
`;
const EXTRACT = "import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))";

/** Python's own reader, so that our archives are not read by who wrote them. */
export async function membersOf(archive: string): Promise<ZipMember[]> {
  return JSON.parse((await run("python3", ["-c", LIST, archive])).stdout) as ZipMember[];
}

export async function memberOf(archive: string, name: string): Promise<Buffer> {
  const options = { encoding: "buffer", maxBuffer: 512 * 1_024 * 1_024 } as const;
  return (await run("python3", ["-c", EXTRACT, archive, name], options)).stdout;
}
