import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname, join } from "node:path";

/** A file of the backup, by its path inside the folder. */
export interface FileFacts {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface LineFile extends FileFacts {
  readonly lines: number;
}

/** What a backup says of itself is not what lies there. */
export class BackupDamaged extends Error {
  constructor(reason: string, options?: { readonly cause: unknown }) {
    super(reason, options);
    this.name = "BackupDamaged";
  }
}

/** Writes each item as a line of JSON, page by page, and syncs the file. */
export async function writeLines(
  folder: string,
  path: string,
  pages: AsyncIterable<readonly unknown[]>,
): Promise<LineFile> {
  const hash = createHash("sha256");
  const file = await openNew(join(folder, path));
  let [lines, bytes] = [0, 0];
  try {
    for await (const page of pages) {
      const text = Buffer.from(page.map((item) => `${JSON.stringify(item)}\n`).join(""));
      hash.update(text);
      await file.writeFile(text);
      lines += page.length;
      bytes += text.length;
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { path, lines, bytes, sha256: hash.digest("hex") };
}

async function openNew(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  return open(path, "w", 0o600);
}

/**
 * The lines of a file, some at a time. Only its end tells whether it is whole: fails with `BackupDamaged` there, so a
 * reader must not keep what it did with the lines before.
 */
export async function* readLines<Item>(folder: string, file: LineFile): AsyncGenerator<readonly Item[], void, void> {
  const hash = createHash("sha256");
  let [lines, bytes, rest] = [0, 0, Buffer.alloc(0)];
  try {
    for await (const chunk of createReadStream(join(folder, file.path)) as AsyncIterable<Buffer>) {
      hash.update(chunk);
      bytes += chunk.length;
      const end = chunk.lastIndexOf(LINE_FEED);
      if (end < 0) {
        rest = Buffer.concat([rest, chunk]);
        continue;
      }
      const texts = Buffer.concat([rest, chunk.subarray(0, end)])
        .toString()
        .split("\n");
      rest = Buffer.from(chunk.subarray(end + 1));
      lines += texts.length;
      yield texts.map((text) => JSON.parse(text) as Item);
    }
  } catch (cause) {
    throw cause instanceof SyntaxError || isMissing(cause) ? damaged(file, cause) : cause;
  }
  if (lines !== file.lines || bytes !== file.bytes || hash.digest("hex") !== file.sha256) throw damaged(file);
}

const LINE_FEED = 10;

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";

const damaged = ({ path }: LineFile, cause?: unknown): BackupDamaged =>
  new BackupDamaged(`The file ${path} of the backup is not what its manifest says: it is damaged.`, { cause });
