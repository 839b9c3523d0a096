import { randomUUID } from "node:crypto";
import { createReadStream } from "node:fs";
import { access, constants, type FileHandle, mkdir, open, rename, rm, stat, unlink } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { Slice } from "../domain/entry.ts";
import type { InventoriedObjects, StoredObject } from "../domain/inventory.ts";
import type { ObjectName } from "../domain/object.ts";
import type { Bytes, Objects } from "../domain/stores.ts";
import { codeOf, ObjectDamaged, unavailable } from "./failures.ts";
import { closeLater, openFile, syncFile, writeAll } from "./files.ts";
import { flow, wrongSize } from "./flow.ts";
import { Folders, syncFolder } from "./folders.ts";
import { checkObjectName } from "./object-names.ts";
import { chunksOf } from "./readable.ts";
import { walk } from "./walk.ts";

/** In the objects' own file system, because a rename is atomic only inside one; no object's name begins with a dot. */
const TEMPORARY_FOLDER = ".tmp";
/** Bytes that a stream asks the disk for at a time. */
const STREAM_CHUNK_BYTES = 256 * 1_024;

/**
 * Keeps objects as files below `folder`, which is made when missing. An object is written to a temporary name, synced,
 * renamed into its place and its folders synced: it is there whole or not at all, and for good once `put` has resolved.
 * One that a row will prove has its name first, and its file and folder are synced together: half as much for the disk.
 * The caller sees to it that no other process uses the folder: what lies in its temporary folder is removed.
 */
export async function openFilesystem({ folder }: { readonly folder: string }): Promise<InventoriedObjects> {
  const root = resolve(folder);
  await disk(prepare(root));
  return new Filesystem(root);
}

async function prepare(root: string): Promise<void> {
  const made = await mkdir(root, { recursive: true, mode: 0o700 });
  if (made !== undefined) {
    for (let path = root; path !== dirname(made); path = dirname(path)) await syncFolder(dirname(path));
  }
  await rm(join(root, TEMPORARY_FOLDER), { recursive: true, force: true });
  await mkdir(join(root, TEMPORARY_FOLDER), { mode: 0o700 });
}

/** Names with nothing in them that a URI writes differently. A list asks for a thousand. */
const PLAIN = /^[\w-][\w.-]*(?:\/[\w-][\w.-]*)*$/;

class Filesystem implements InventoriedObjects {
  readonly #root: string;
  readonly #rootUri: string;
  readonly #folders: Folders;

  constructor(root: string) {
    this.#root = root;
    this.#rootUri = pathToFileURL(root).href;
    this.#folders = new Folders(root);
  }

  async put(...[name, bytes, size, signal, proof = "name"]: Parameters<Objects["put"]>): Promise<number> {
    const target = this.#pathOf(name);
    signal.throwIfAborted();
    if (proof === "row" && bytes instanceof Uint8Array) return this.#putWhole(target, bytes, size);
    const temporary = join(this.#root, TEMPORARY_FOLDER, randomUUID());
    // Where the bytes may lie when something fails; a rename that failed may have happened all the same.
    const paths = [temporary];
    const place = () => {
      paths[1] = target;
      return rename(temporary, target);
    };
    try {
      const file = await disk(open(temporary, "wx", 0o600));
      try {
        const count = await fill(file, bytes, size, signal);
        const sync = () => file.sync();
        if (proof === "name") await disk(sync());
        signal.throwIfAborted();
        await disk(this.#folders.enter(dirname(target), place, proof === "row" ? sync : undefined));
        return count;
      } finally {
        void file.close().catch(() => undefined); // synced or failed, it has nothing to tell
      }
    } catch (error) {
      await Promise.allSettled(paths.map((path) => unlink(path)));
      throw error;
    }
  }

  /** Under its own name from the start: until a row proves it nobody reads it, and what a power cut leaves is the sweep's. */
  async #putWhole(target: string, bytes: Uint8Array, size = bytes.length): Promise<number> {
    if (size !== bytes.length) throw wrongSize(size, `${bytes.length}`);
    let file: number | undefined;
    const write = async () => {
      file = await openFile(target, "wx");
      await writeAll(file, bytes);
    };
    const sync = async () => {
      if (file !== undefined) await syncFile(file);
    };
    try {
      await disk(this.#folders.enter(dirname(target), write, sync));
      return bytes.length;
    } catch (error) {
      if (file !== undefined) await unlink(target).catch(() => undefined);
      throw error;
    } finally {
      if (file !== undefined) closeLater(file);
    }
  }

  async read(slice: Slice, signal: AbortSignal): Promise<Uint8Array | undefined> {
    signal.throwIfAborted();
    const handle = await this.#open(slice.object);
    if (!handle) return undefined;
    try {
      return await readFully(handle, slice);
    } finally {
      await handle.close();
    }
  }

  async stream(slice: Slice, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    signal.throwIfAborted();
    const handle = await this.#open(slice.object);
    if (!handle) return undefined;
    const { offset, length } = slice;
    if (length === 0) {
      await handle.close();
      return chunksOfNothing();
    }
    const end = offset + length - 1;
    const file = createReadStream("", { fd: handle, start: offset, end, highWaterMark: STREAM_CHUNK_BYTES });
    return chunksOf(file, { length, signal });
  }

  /** Node's streams of files give every chunk fresh memory, so none is overwritten. */
  lend(slice: Slice, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.stream(slice, signal);
  }

  async delete(name: ObjectName): Promise<void> {
    const path = this.#pathOf(name);
    // Not synced: an object that a power cut brings back has no row, and the sweep finds it.
    const removed = await disk(unlessMissing(unlink(path).then(() => true)));
    if (removed) await this.#folders.prune(dirname(path));
    else await this.ready();
  }

  async *list(prefix: string, after?: string): AsyncGenerator<string, void, void> {
    const names = walk(this.#root, prefix, after);
    while (true) {
      const step = await disk(names.next());
      if (step.done) return;
      yield step.value;
    }
  }

  async *inventory(prefix: string, after?: string): AsyncGenerator<StoredObject, void, void> {
    for await (const name of this.list(prefix, after)) {
      const found = await disk(unlessMissing(stat(join(this.#root, name))));
      if (found) yield { name, size: found.size };
    }
  }

  uriOf(name: ObjectName): string {
    return PLAIN.test(name) ? `${this.#rootUri}/${name}` : pathToFileURL(this.#pathOf(name)).href;
  }

  async ready(): Promise<void> {
    await disk(access(join(this.#root, TEMPORARY_FOLDER), constants.W_OK));
  }

  async close(): Promise<void> {
    this.#folders.close();
  }

  #pathOf(name: ObjectName): string {
    checkObjectName(name);
    return join(this.#root, name);
  }

  async #open(name: ObjectName): Promise<FileHandle | undefined> {
    const handle = await disk(unlessMissing(open(this.#pathOf(name), "r")));
    // Without its disk a store is not empty, it is away.
    if (!handle) await this.ready();
    return handle;
  }
}

/** Failures of the disk become `unavailable`, those of `bytes` and `signal` pass as they are. */
async function fill(file: FileHandle, bytes: Bytes, size: number | undefined, signal: AbortSignal): Promise<number> {
  let count = 0;
  for await (const chunk of flow(bytes, size, signal)) {
    await disk(file.writeFile(chunk));
    count += chunk.byteLength;
  }
  return count;
}

async function readFully(handle: FileHandle, { offset, length }: Slice): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  while (filled < length) {
    const { bytesRead } = await disk(handle.read(bytes, filled, length - filled, offset + filled));
    if (bytesRead === 0) throw new ObjectDamaged(`An object ended ${length - filled} bytes before its slice.`);
    filled += bytesRead;
  }
  return bytes;
}

async function* chunksOfNothing(): AsyncGenerator<Uint8Array, void, void> {}

/** What a missing file, or a missing folder on the way to it, is to a reader. */
async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

async function disk<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw unavailable(error);
  }
}
