import { readdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";

/** A part that is loaded by another one: esbuild's name for it ends with a hash of what is in it. */
const CHUNK = /-[A-Z2-7]{8}[.]js([.]map)?$/;

/** A service that was started before the build, or a build beside this one, may still need what is younger. */
const KEPT_MS = 60 * 60 * 1_000;

/** Removes the chunks of earlier builds from a folder: those that are old, and not among the files that were `made` now. */
export async function removeOldChunks(folder: string, made: ReadonlySet<string>, now = Date.now()): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!CHUNK.test(name) || made.has(name)) continue;
    const file = join(folder, name);
    const written = await stat(file).catch(() => undefined); // another build was faster
    if (written && now - written.mtimeMs > KEPT_MS) await rm(file, { force: true });
  }
}
