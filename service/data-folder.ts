import { existsSync } from "node:fs";
import { access, constants, mkdir, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";

/** What a store consists of, and what a file system puts into the folder at which it is mounted. */
const OURS = new Set(["metadata", "objects", "lost+found"]);

const CHOOSE = "Choose another folder with --data or NSKV_DATA.";

/** Whether a store lies in the folder. */
export const holdsStore = (folder: string): boolean => existsSync(join(folder, "metadata", "postgres"));

/**
 * Makes the embedded store's folder if it is missing, and for good: `sync` makes a folder's entries durable. Fails with an error for the operator when it cannot be one, and when
 * it is full of other things: that folder was hardly meant.
 */
export async function prepareDataFolder(folder: string, sync: (folder: string) => Promise<void>): Promise<void> {
  try {
    await makeFolder(folder, sync);
    const others = (await readdir(folder)).filter((name) => !OURS.has(name) && !name.startsWith("."));
    await access(folder, constants.W_OK | constants.X_OK);
    if (others.length === 0 || holdsStore(folder)) return;
    throw new Error(`The data folder ${folder} holds other things than a store, such as ${others[0]}. ${CHOOSE}`);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : undefined;
    if (code === undefined) throw error;
    throw new Error(`The data folder ${folder} cannot be used: ${REASONS[code] ?? code}. ${CHOOSE}`, { cause: error });
  }
}

const REASONS: Readonly<Record<string, string>> = {
  ENOTDIR: "a file is in its way",
  ENOENT: "no folder can be made there",
  EACCES: "this user may not write there",
  EPERM: "this user may not write there",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};

/** Step by step, since Node's own `recursive` tries for ever where a file system such as /proc makes no folders. */
async function makeFolder(folder: string, sync: (folder: string) => Promise<void>): Promise<void> {
  const missing: string[] = [];
  for (let path = folder; !existsSync(path) && path !== dirname(path); path = dirname(path)) missing.push(path);
  for (const path of missing.reverse()) {
    await mkdir(path).catch(unlessMadeMeanwhile);
    await sync(dirname(path));
  }
}

function unlessMadeMeanwhile(error: unknown): void {
  if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
}
