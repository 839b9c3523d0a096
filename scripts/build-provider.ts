import { createHash } from "node:crypto";
import { chmod, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const EXECUTABLE = "terraform-provider-namespace";

const COMMON = {
  absWorkingDir: ROOT,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "cjs",
  // Names too: Node reads and scans the whole file in each start, and they are a third of it.
  minify: true,
  write: false,
  logLevel: "warning",
} as const satisfies BuildOptions;

/**
 * Builds the provider into `folder`: the one file that Terraform executes, and beside it a package.json, as below our
 * own one Node would take a file without extension for an ES module.
 * @param entryPoint another main file, for tests
 * @returns the executable's path
 */
export async function buildProvider(
  folder = join(ROOT, "dist", "provider"),
  entryPoint = "provider/main.ts",
): Promise<string> {
  const { script } = await bundleProvider(entryPoint);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), `${JSON.stringify({ type: "commonjs" })}\n`);
  const executable = join(folder, EXECUTABLE);
  // Renamed into place: a Terraform that runs the file now keeps the old one.
  await writeFile(`${executable}.new`, `#!/usr/bin/env node\n${script}`);
  await chmod(`${executable}.new`, 0o755);
  await rename(`${executable}.new`, executable);
  return executable;
}

/** The provider as one script of CommonJS that needs nothing but Node. */
export interface ProviderBundle {
  readonly script: string;
  /** The source files in it, libraries' too, as paths from the repository's root. */
  readonly inputs: readonly string[];
}

/** Bundles the provider behind its launcher. */
export async function bundleProvider(entryPoint = "provider/main.ts"): Promise<ProviderBundle> {
  const { version } = JSON.parse(await readFile(join(ROOT, "package.json"), "utf8")) as { version: string };
  const program = await bundle(entryPoint, { NSKV_VERSION: JSON.stringify(version) });
  // One expression: a function that takes `require`.
  const expression = `(function (require) {\n${program.script}})`;
  const launcher = await bundle("provider/launcher.ts", {
    BUNDLE: JSON.stringify(expression),
    BUNDLE_DIGEST: JSON.stringify(createHash("sha256").update(expression).digest("hex")),
  });
  return { script: launcher.script, inputs: [...program.inputs, ...launcher.inputs] };
}

async function bundle(entryPoint: string, define: Record<string, string>): Promise<ProviderBundle> {
  const { outputFiles, metafile } = await build({
    ...COMMON,
    entryPoints: [entryPoint],
    define,
    metafile: true,
    // grpc-js asks for it only in a service that reports on channels, and that one is not served.
    external: ["@grpc/proto-loader"],
    // A script that V8's cache compiled has no way to import; `require` does the same here.
    supported: { "dynamic-import": false },
  });
  return { script: outputFiles.map((file) => file.text).join(""), inputs: Object.keys(metafile.inputs) };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  console.log(await buildProvider());
}
