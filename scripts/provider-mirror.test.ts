import { mkdtemp, readFile, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { expect, it } from "vitest";
import { isolated, PROVIDER_SOURCE, placeProvider, platformName, versionOf } from "./provider-mirror.ts";

it.each([
  { platform: "linux", architecture: "x64", name: "linux_amd64" },
  { platform: "darwin", architecture: "arm64", name: "darwin_arm64" },
  { platform: "win32", architecture: "x64", name: "windows_amd64" },
  { platform: "linux", architecture: "ia32", name: "linux_386" },
])("Terraform calls $platform on $architecture $name", ({ platform, architecture, name }) => {
  expect(platformName(platform, architecture)).toBe(name);
});

it("puts an executable where Terraform looks for this version, also a second time", async () => {
  const mirror = await mkdtemp(join(tmpdir(), "nskv-mirror-"));
  try {
    await placeProvider(mirror);
    const executable = await placeProvider(mirror);
    const version = await versionOf();
    const folder = join(mirror, ...PROVIDER_SOURCE.split("/"), version, platformName());
    expect(executable).toBe(`${folder}${sep}terraform-provider-namespace_v${version}`);
    expect((await stat(executable)).mode & 0o777).toBe(0o755);
    expect(JSON.parse(await readFile(join(folder, "package.json"), "utf8"))).toEqual({ type: "commonjs" });
  } finally {
    await rm(mirror, { recursive: true, force: true });
  }
});

it("an isolated environment leads nowhere but to its folder", () => {
  const users = {
    PATH: "/bin",
    HOME: "/home/her",
    TF_CLI_CONFIG_FILE: "/home/her/.terraformrc",
    TF_LOG: "TRACE",
    NSKV_TOKEN: "secret",
    XDG_DATA_HOME: "/home/her/data",
  };
  expect(isolated(users, "/demo")).toEqual({
    PATH: "/bin",
    HOME: "/home/her",
    TF_CLI_CONFIG_FILE: join("/demo", "terraform.rc"),
    XDG_CACHE_HOME: join("/demo", "cache"),
    CHECKPOINT_DISABLE: "1",
  });
});
