import { fdatasyncSync, fsyncSync } from "node:fs";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";
import { type FileOperations, rememberLengths, type Stream } from "./file-lengths.ts";

type Options = Parameters<NodeFS["init"]>[1];

/** What we use of Emscripten's file system. */
interface Module {
  readonly FS: { isDir(mode: number): boolean };
  readonly NODEFS: FileOperations & {
    readonly stream_ops: { fsync?: (stream: Stream) => number };
    /** Turns an error of Node into the number that C code expects. */
    tryFSOperation(operation: () => void): void;
  };
}

/**
 * PGlite's file system, except that it syncs. The stock one has no fsync: Postgres asks for it, and nothing happens
 * (electric-sql/pglite#1107). Emscripten's `fdatasync` does nothing either, hence START_PARAMETERS.
 */
export class DurableNodeFS extends NodeFS {
  readonly #crashed: () => void;
  #syncs = 0;

  /** `crashed` is called when Postgres gave up in a panic, as it does when a sync fails: nothing may run after it. */
  constructor(folder: string, crashed: () => void) {
    super(folder);
    this.#crashed = crashed;
  }

  /** Syncs so far. */
  get syncs(): number {
    return this.#syncs;
  }

  override async init(pglite: PGlite, given: Options): ReturnType<NodeFS["init"]> {
    const { emscriptenOpts: options } = await super.init(pglite, given);
    // Into the object that every node shares, so that folders, the root among them, sync like files.
    const addSync = ({ FS, NODEFS }: Module) => {
      NODEFS.stream_ops.fsync = (stream) => {
        // What fdatasync leaves out matters only for a folder, whose entries may not count as its data.
        const sync = FS.isDir(stream.node.mode) ? fsyncSync : fdatasyncSync;
        NODEFS.tryFSOperation(() => sync(stream.nfd));
        this.#syncs++;
        return 0;
      };
      rememberLengths(NODEFS);
    };
    const preRun = [addSync as unknown as (module: unknown) => void, ...(options.preRun ?? [])] as Options["preRun"];
    return { emscriptenOpts: { ...options, preRun, onAbort: this.#crashed } as Options };
  }
}

/** Files that are synced at the same time: the disk then does many in one go (measured: 0.1 s instead of 2.8 for 1,000). */
const SYNCS_AT_ONCE = 16;

/** Syncs all files and folders below `folder`, and itself: for what was written before anyone synced. */
export async function syncTree(folder: string): Promise<void> {
  const below = await readdir(folder, { recursive: true });
  const paths = [folder, ...below.map((name) => join(folder, name))];
  const inLane = async () => {
    for (let path = paths.pop(); path !== undefined; path = paths.pop()) await syncPath(path);
  };
  await Promise.all(Array.from({ length: SYNCS_AT_ONCE }, inLane));
}

/** Syncs one file or folder. */
export async function syncPath(path: string): Promise<void> {
  const file = await open(path, "r");
  await file.sync().finally(() => file.close());
}
