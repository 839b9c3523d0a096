import { mkdir, rmdir } from "node:fs/promises";
import { dirname } from "node:path";
import { LRUCache } from "lru-cache";
import { codeOf } from "./failures.ts";
import { closeLater, openFile, syncFile } from "./files.ts";

/** Folders whose entries are known to be on the disk; one that falls out is synced once more, no harm done. */
const FOLDERS_KNOWN_MAX = 20_000;
/** Folders that are held open, because whoever wrote there will soon write again. */
const FOLDERS_OPEN_MAX = 64;
/** A folder can vanish between its making and its use once per delete of its last object; so often in a row is a defect. */
const VANISHED_MAX = 100;

/**
 * The folders of one root. A new entry, file or folder, is durable only when the folder that holds it is synced, so
 * whoever uses a folder must know that it and all above it were; and a delete may remove an empty one at any moment.
 *
 * The rule that makes this sound without locks: a folder that was removed is made anew only after its promise in
 * `#known` was forgotten. Whoever finds the same promise there before and after its own change was in the same folder.
 */
export class Folders {
  readonly #root: string;
  readonly #known = new LRUCache<string, Promise<void>>({ max: FOLDERS_KNOWN_MAX });
  /** Each once its last sync has ended; by its promise in `#known`, and so never a folder that was removed and made anew. */
  readonly #open = new LRUCache<Promise<void>, Promise<number>>({
    max: FOLDERS_OPEN_MAX,
    dispose: (synced) => void synced.then(closeLater, () => undefined),
    noDisposeOnSet: true,
  });
  readonly #syncs = new Map<string, { running: Promise<void>; next: Promise<void> | undefined }>();

  constructor(root: string) {
    this.#root = root;
  }

  /**
   * Runs `change`, which puts an entry into `folder`, and resolves when that entry is durable. The folder is made when
   * missing. `beside` runs while the folder is synced: the disk then does in one go what both want of it.
   */
  async enter(folder: string, change: () => Promise<void>, beside?: () => Promise<void>): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      const made = this.#ensure(folder);
      await made;
      try {
        await change();
      } catch (error) {
        if (codeOf(error) !== "ENOENT" || tries === VANISHED_MAX) throw error;
        this.#forget(folder, made);
        continue;
      }
      await Promise.all([this.#sync(folder), beside?.()]);
      // Removed and made anew by others in between: then its own entry may not be durable yet.
      if (this.#known.get(folder) !== made) await this.#ensure(folder);
      return;
    }
  }

  /** Removes `folder` and those above it as far as they are empty. */
  async prune(folder: string): Promise<void> {
    for (let empty = folder; empty !== this.#root; empty = dirname(empty)) {
      try {
        await rmdir(empty);
      } catch {
        return; // not empty, or another delete was faster
      }
      const made = this.#known.get(empty);
      if (made) this.#forget(empty, made);
    }
  }

  /** Closes what is held open. */
  close(): void {
    this.#open.clear();
  }

  #forget(folder: string, made: Promise<void>): void {
    if (this.#known.get(folder) === made) this.#known.delete(folder);
    this.#open.delete(made);
  }

  /** Resolves when the folder is there, and its entry and those above it are durable. */
  #ensure(folder: string): Promise<void> {
    if (folder === this.#root) return Promise.resolve();
    const known = this.#known.get(folder);
    if (known) return known;
    const made = this.#make(folder);
    this.#known.set(folder, made);
    made.catch(() => this.#forget(folder, made));
    return made;
  }

  async #make(folder: string): Promise<void> {
    const parent = dirname(folder);
    for (let tries = 1; ; tries += 1) {
      const above = this.#ensure(parent);
      await above;
      try {
        await mkdir(folder, { mode: 0o700 }).catch((error) => {
          if (codeOf(error) !== "EEXIST") throw error;
        });
        // Also when it was there: this process does not know whether its maker lived long enough to sync it.
        await this.#sync(parent);
        return;
      } catch (error) {
        if (codeOf(error) !== "ENOENT" || tries === VANISHED_MAX) throw error;
        this.#forget(parent, above);
      }
    }
  }

  /** Many changes in one folder share a sync, but only one that starts after them. */
  #sync(folder: string): Promise<void> {
    const current = this.#syncs.get(folder);
    if (!current) return this.#startSync(folder);
    current.next ??= current.running.catch(() => undefined).then(() => this.#startSync(folder));
    return current.next;
  }

  #startSync(folder: string): Promise<void> {
    const running = this.#syncNow(folder).finally(() => {
      const sync = this.#syncs.get(folder);
      if (sync?.running === running && !sync.next) this.#syncs.delete(folder);
    });
    this.#syncs.set(folder, { running, next: undefined });
    return running;
  }

  /** What was put into a folder keeps it from being removed: so the one that is known is the one that holds it. */
  async #syncNow(folder: string): Promise<void> {
    const made = this.#known.get(folder);
    if (!made) return syncFolder(folder);
    const synced = syncedOnce(this.#open.get(made) ?? openFile(folder, "r"));
    this.#open.set(made, synced);
    try {
      await synced;
    } catch (error) {
      this.#open.delete(made);
      throw error;
    }
  }
}

/** The same file, when it was synced; where that fails it is closed. */
async function syncedOnce(opened: Promise<number>): Promise<number> {
  const file = await opened;
  try {
    await syncFile(file);
    return file;
  } catch (error) {
    closeLater(file);
    throw error;
  }
}

/** Makes the entries of a folder durable (fsync(2): syncing a file does not sync the folder that names it). */
export async function syncFolder(folder: string): Promise<void> {
  closeLater(await syncedOnce(openFile(folder, "r")));
}
