import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundleProvider } from "../build-provider.ts";
import { PROVIDER_SOURCE, platformName, versionOf } from "../provider-mirror.ts";
import { makeBlob, makeExecutable } from "./executable.ts";
import { noticesOf } from "./licences.ts";
import { fetchNode, nodeCache, nodeLicence, nodeProgram } from "./node-programs.ts";
import { nameOf, PLATFORMS, type Platform, programName } from "./platforms.ts";
import { layMirror, sign, writeManifest, writeSums } from "./registry.ts";
import { writeZip } from "./zip.ts";

const NAME = "terraform-provider-namespace";

const { values: options } = parseArgs({
  options: {
    out: { type: "string", default: fileURLToPath(new URL("../../dist/release", import.meta.url)) },
    /** linux_amd64 …; all when none is named. */
    platform: { type: "string", multiple: true, default: PLATFORMS.map(nameOf) },
  },
});

/** Writes to `out` what a registry and a mirror need. */
async function release(out: string, platforms: readonly Platform[], work: string): Promise<void> {
  await rm(out, { recursive: true, force: true });
  await mkdir(out, { recursive: true });
  const version = await versionOf();
  const archives = await archivesFor(platforms, { out, work, version });
  const described = `${NAME}_${version}`;
  const sums = await writeSums(out, described, [...archives, await writeManifest(out, described)]);
  const key = process.env["NSKV_RELEASE_GPG_KEY"];
  if (key) await sign(sums, key);
  else console.log("Not signed, which a registry asks for: name a key of GPG's by NSKV_RELEASE_GPG_KEY.");
  await layMirror(join(out, "mirror"), PROVIDER_SOURCE, archives);
  console.log(`Written to ${out}; its folder mirror is for a filesystem_mirror block.`);
}

/** Makes an archive for each platform, and answers their files. */
async function archivesFor(
  platforms: readonly Platform[],
  { out, work, version }: { readonly out: string; readonly work: string; readonly version: string },
): Promise<string[]> {
  const cache = nodeCache(process.env);
  const [here, licensed] = [platformNamed(platformName()), platformNamed("linux_amd64")];
  for (const platform of new Set([here, licensed, ...platforms])) await fetchNode(cache, platform);
  const bundle = await bundleProvider();
  const blob = await makeBlob(nodeProgram(cache, here), bundle.script, work);
  const notices = await noticesOf(nodeLicence(cache, licensed), bundle.inputs);
  const archives: string[] = [];
  for (const platform of platforms) {
    const name = programName(`${NAME}_v${version}`, platform);
    const executable = join(work, name);
    await makeExecutable(nodeProgram(cache, platform), blob, platform, executable);
    const archive = join(out, `${NAME}_${version}_${nameOf(platform)}.zip`);
    await writeZip(archive, [
      { name, executable },
      { name: "THIRD-PARTY-LICENSES.txt", text: notices },
    ]);
    await rm(executable);
    console.log(archive);
    archives.push(archive);
  }
  return archives;
}

function platformNamed(name: string): Platform {
  const platform = PLATFORMS.find((one) => nameOf(one) === name);
  if (!platform) throw new Error(`A release knows ${PLATFORMS.map(nameOf).join(", ")}, not ${name}.`);
  return platform;
}

const work = await mkdtemp(join(tmpdir(), "nskv-release-"));
try {
  await release(options.out, options.platform.map(platformNamed), work);
} finally {
  await rm(work, { recursive: true, force: true });
}
