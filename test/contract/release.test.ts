import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cliConfiguration, platformName, versionOf } from "../../scripts/provider-mirror.ts";
import { adHocSigned } from "../../scripts/release/mach-o.ts";
import { nameOf, type Platform } from "../../scripts/release/platforms.ts";
import { commandMissing } from "../support/command-missing.ts";
import { memberOf, membersOf, releasable, throwAwayKey } from "../support/release.ts";
import { PAIRS, type RunningService, type StoragePair, startService } from "../support/service.ts";
import { terraformMissing, terraformWorkspace } from "../support/terraform.ts";
import { must, mustBeEmpty } from "../terraform/outcome.ts";

const MAKE_MS_MAX = 900_000;
const run = promisify(execFile);
const platforms = releasable();
const incapable = [commandMissing("gpg", ["--version"], "GPG"), commandMissing("python3", ["--version"], "Python")];

/** What says for which system and processor a program is, by the magic numbers of each format. */
const FORMATS: Readonly<Record<string, (program: Buffer) => boolean>> = {
  linux_amd64: (program) => program.readUInt32BE(0) === 0x7f454c46 && program.readUInt16LE(18) === 62,
  linux_arm64: (program) => program.readUInt32BE(0) === 0x7f454c46 && program.readUInt16LE(18) === 183,
  darwin_amd64: (program) => program.readUInt32LE(0) === 0xfeedfacf && program.readUInt32LE(4) === 0x01000007,
  darwin_arm64: (program) => program.readUInt32LE(0) === 0xfeedfacf && program.readUInt32LE(4) === 0x0100000c,
  windows_amd64: (program) => program.readUInt16LE(program.readUInt32LE(0x3c) + 4) === 0x8664,
  windows_arm64: (program) => program.readUInt16LE(program.readUInt32LE(0x3c) + 4) === 0xaa64,
};

describe.skipIf(platforms.length === 0 || incapable.includes(true))("make release", () => {
  let out: string;
  let release: string;
  let gpg: Awaited<ReturnType<typeof throwAwayKey>>;
  beforeAll(async () => {
    out = join(await mkdtemp(join(tmpdir(), "nskv-release-")), "release");
    release = `terraform-provider-namespace_${await versionOf()}`;
    gpg = await throwAwayKey();
    const wanted = platforms.flatMap((platform) => ["--platform", nameOf(platform)]);
    const args = ["--import", "tsx", "scripts/release/main.ts", "--out", out, ...wanted];
    await run(process.execPath, args, { env: { ...process.env, ...gpg.env } });
  }, MAKE_MS_MAX);
  afterAll(async () => {
    await gpg?.drop();
    await rm(join(out, ".."), { recursive: true, force: true });
  });

  const archiveFor = (platform: Platform) => `${release}_${nameOf(platform)}.zip`;
  const programFor = (platform: Platform) => `${release.replace("_", "_v")}${platform.os === "windows" ? ".exe" : ""}`;

  it("writes what a registry needs, and nothing else", async () => {
    const about = ["SHA256SUMS", "SHA256SUMS.sig", "manifest.json"].map((suffix) => `${release}_${suffix}`);
    expect((await readdir(out)).sort()).toEqual([...platforms.map(archiveFor), ...about, "mirror"].sort());
    const manifest = JSON.parse(await readFile(join(out, `${release}_manifest.json`), "utf8"));
    expect(manifest).toEqual({ version: 1, metadata: { protocol_versions: ["6.0"] } });
  });

  it("sums all of it and signs the sums", async () => {
    const sums = join(out, `${release}_SHA256SUMS`);
    const summed = [...platforms.map(archiveFor), `${release}_manifest.json`].sort();
    const lines = summed.map(async (file) => {
      const bytes = await readFile(join(out, file));
      return `${createHash("sha256").update(bytes).digest("hex")}  ${file}\n`;
    });
    expect(await readFile(sums, "utf8")).toBe((await Promise.all(lines)).join(""));
    const { stderr } = await run("gpg", ["--verify", `${sums}.sig`, sums], { env: { ...process.env, ...gpg.env } });
    expect(stderr).toContain("Good signature");
  });

  it.each(platforms.map((platform) => ({ name: nameOf(platform), platform })))(
    "the zip for $name holds its program, which may be executed, and all licences",
    async ({ name, platform }) => {
      const archive = join(out, archiveFor(platform));
      expect(await membersOf(archive)).toEqual([
        { name: "THIRD-PARTY-LICENSES.txt", mode: "0o100644" },
        { name: programFor(platform), mode: "0o100755" },
      ]);
      const program = await memberOf(archive, programFor(platform));
      expect([name, FORMATS[name]?.(program)]).toEqual([name, true]);
      // Node's own mark is set, and the provider is in it.
      expect(program.includes("NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:1")).toBe(true);
      expect(program.includes("terraform.local/namespace-kv/namespace")).toBe(true);
      if (platform.os === "darwin") expect(() => adHocSigned(program, "again")).toThrow("signed already");
      const licences = (await memberOf(archive, "THIRD-PARTY-LICENSES.txt")).toString();
      for (const part of [
        "Node.js is licensed for use as follows",
        "@grpc/grpc-js",
        "Apache License",
        "Buf Technologies",
      ])
        expect(licences).toContain(part);
    },
  );

  describe.skipIf(terraformMissing)("on a machine without Node", () => {
    let pair: StoragePair | undefined;
    let service: RunningService;
    beforeAll(async () => {
      pair = await PAIRS[0]?.open();
      if (pair) service = await startService(pair);
    });
    afterAll(async () => {
      await service?.stop();
      await pair?.drop();
    });

    it("Terraform installs the provider from the mirror, applies, and plans nothing more", async () => {
      const path = join(out, "..", "path");
      await mkdir(path);
      await symlink(await whereIs("terraform"), join(path, "terraform"));
      const settings = join(out, "..", "terraform.rc");
      await writeFile(settings, cliConfiguration(join(out, "mirror")));
      const terraform = await terraformWorkspace({
        config: 'resource "namespace_kv" "one" {\n  namespace = "release"\n  key = "one"\n  value = 1\n}\n',
        endpoint: service.address,
        env: { PATH: path, TF_CLI_CONFIG_FILE: settings },
      });
      try {
        must(await terraform.init());
        must(await terraform.apply());
        await mustBeEmpty(terraform);
        const providers = await readdir(join(terraform.folder, ".terraform/providers"), { recursive: true });
        expect(
          providers.filter((file) => file.endsWith(`${platformName()}/${release.replace("_", "_v")}`)),
        ).toHaveLength(1);
      } finally {
        await terraform.cleanup();
      }
    });
  });
});

async function whereIs(command: string): Promise<string> {
  const folders = (process.env["PATH"] ?? "").split(delimiter);
  for (const folder of folders)
    if ((await readdir(folder).catch((): string[] => [])).includes(command)) return join(folder, command);
  throw new Error(`${command} is not in PATH.`);
}
