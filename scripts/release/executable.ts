import { execFile } from "node:child_process";
import { chmod, copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { adHocSigned } from "./mach-o.ts";
import type { Platform } from "./platforms.ts";
import { removeSignature } from "./portable-executable.ts";

const POSTJECT = fileURLToPath(new URL("../../node_modules/postject/dist/cli.js", import.meta.url));
/** Node's own mark for the byte that says whether a program is inside. */
const FUSE = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2";
const IDENTIFIER = "terraform-provider-namespace";

const run = promisify(execFile);

/**
 * Makes of a script the blob that a single-executable Node looks for in itself, in `folder`, and answers its path.
 * https://nodejs.org/docs/latest-v22.x/api/single-executable-applications.html
 * @param node a program of this machine, of the version that the blob is for
 */
export async function makeBlob(node: string, script: string, folder: string): Promise<string> {
  await writeFile(join(folder, "main.cjs"), script);
  const settings = {
    main: "main.cjs", // relative, as the blob holds this path, and the same sources make the same release
    output: "provider.blob",
    disableExperimentalSEAWarning: true,
    // Both would be for this platform alone; the launcher keeps a code cache by itself.
    useSnapshot: false,
    useCodeCache: false,
  };
  await writeFile(join(folder, "sea.json"), JSON.stringify(settings));
  await run(node, ["--experimental-sea-config", "sea.json"], { cwd: folder });
  return join(folder, settings.output);
}

/** Copies Node's program to `file`, puts the blob into it, and leaves it with a signature that its system accepts. */
export async function makeExecutable(node: string, blob: string, platform: Platform, file: string): Promise<void> {
  await copyFile(node, file);
  // In a process of its own: it needs a gigabyte, and prints warnings about sections that Node's programs do have.
  const segment = platform.os === "darwin" ? ["--macho-segment-name", "NODE_SEA"] : [];
  await run(process.execPath, [POSTJECT, file, "NODE_SEA_BLOB", blob, "--sentinel-fuse", FUSE, ...segment]);
  if (platform.os === "darwin") await writeFile(file, adHocSigned(await readFile(file), IDENTIFIER));
  if (platform.os === "windows") {
    const program = await readFile(file);
    removeSignature(program);
    await writeFile(file, program);
  }
  await chmod(file, 0o755);
}
