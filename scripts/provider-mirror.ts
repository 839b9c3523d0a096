import { chmod, copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const EXECUTABLE = "terraform-provider-namespace";

/** The provider's address in `required_providers`. Its host is nobody's, so no registry is ever asked for it. */
export const PROVIDER_SOURCE = "terraform.local/namespace-kv/namespace";

/** The program's and the provider's version, from package.json. */
export async function versionOf(): Promise<string> {
  return (JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string }).version;
}

/**
 * Puts the built provider into a mirror folder as Terraform and OpenTofu look for it, and answers where.
 * https://developer.hashicorp.com/terraform/cli/config/config-file#filesystem_mirror, "unpacked layout".
 * Fails when `make build` has not run.
 */
export async function placeProvider(mirror: string): Promise<string> {
  const version = await versionOf();
  const folder = join(mirror, ...PROVIDER_SOURCE.split("/"), version, platformName());
  await mkdir(folder, { recursive: true });
  // Under a folder whose package.json says "module", Node would take a file without extension for an ES module.
  await writeFile(join(folder, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
  // Without the version that others put behind it: to `NODE_OPTIONS=--import=…`, which many who trace their programs set,
  // `_v0.1.0` is a file of the unknown kind `.0`.
  const executable = join(folder, EXECUTABLE);
  // Renamed into place: a Terraform that runs the old file now keeps it.
  await copyFile(join(ROOT, "dist", "provider", EXECUTABLE), join(folder, ".new"));
  await chmod(join(folder, ".new"), 0o755);
  await rename(join(folder, ".new"), executable);
  return executable;
}

/** Terraform's word for this machine, such as `linux_amd64`. */
export function platformName(platform: string = process.platform, architecture: string = process.arch): string {
  const system = { win32: "windows" }[platform] ?? platform;
  return `${system}_${{ x64: "amd64", ia32: "386" }[architecture] ?? architecture}`;
}

/** A CLI configuration that takes providers from `mirror` and from nowhere else. */
export const cliConfiguration = (mirror: string): string => `provider_installation {
  filesystem_mirror {
    path = ${JSON.stringify(mirror)}
  }
}
`;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * `env` without anything that would lead Terraform or the provider to the user's own folders, servers or tokens, and
 * with what leads them to `folder`: `terraform.rc` there is their configuration. HOME stays what it is.
 */
export function isolated(env: Environment, folder: string): Record<string, string> {
  const kept = Object.entries(env).filter(
    (pair): pair is [string, string] => pair[1] !== undefined && !/^(TF_|NSKV_|XDG_)/.test(pair[0]),
  );
  return {
    ...Object.fromEntries(kept),
    TF_CLI_CONFIG_FILE: join(folder, "terraform.rc"),
    XDG_CACHE_HOME: join(folder, "cache"),
    CHECKPOINT_DISABLE: "1",
  };
}
