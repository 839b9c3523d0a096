import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { codeOf } from "./failures.ts";
import { byBytes } from "./object-names.ts";

/**
 * The files below `root` whose names, relative to it and with `/` between folders, begin with `prefix` and come after
 * `after`, in byte order. Holds the entries of one folder per level at a time and enters no folder that can have no
 * match. A folder that vanishes meanwhile is empty, but
 * the root must be there: without its disk a store is not empty, it is away.
 */
export async function* walk(
  root: string,
  prefix: string,
  after: string | undefined,
): AsyncGenerator<string, void, void> {
  yield* walkFolder(root, "", prefix, after);
}

async function* walkFolder(
  root: string,
  folder: string,
  prefix: string,
  after: string | undefined,
): AsyncGenerator<string, void, void> {
  for (const name of await namesIn(join(root, folder), folder)) {
    if (isFolder(name)) {
      if (mayHold(name, prefix, after)) yield* walkFolder(root, name, prefix, after);
    } else if (name.startsWith(prefix) && (after === undefined || byBytes(name, after) > 0)) {
      yield name;
    }
  }
}

/** With a slash behind each folder, because that is how it sorts among whole names: `a-b/x` comes before `a/x`. */
async function namesIn(path: string, folder: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true }).catch((error): Dirent[] => {
    if (codeOf(error) === "ENOENT" && folder !== "") return [];
    throw error;
  });
  return entries
    .filter((entry) => !entry.name.startsWith("."))
    .map((entry) => `${folder}${entry.name}${entry.isDirectory() ? "/" : ""}`)
    .sort(byBytes);
}

const isFolder = (name: string): boolean => name.endsWith("/");

function mayHold(folder: string, prefix: string, after: string | undefined): boolean {
  const matches = folder.startsWith(prefix) || prefix.startsWith(folder);
  return matches && (after === undefined || after.startsWith(folder) || byBytes(folder, after) > 0);
}
