import { close, fsync, open, write } from "node:fs";

/*
 * What is done for each object that is written, over bare descriptors: the file handles of fs/promises cost the thread that
 * answers requests a fifth of a small PUT (measured; decision 0029).
 */

/** Flags as of `fs.open`. A file that is made is for its owner only. */
export const openFile = (path: string, flags: "r" | "wx"): Promise<number> =>
  new Promise((resolve, reject) => {
    open(path, flags, 0o600, (error, file) => (error ? reject(error) : resolve(file)));
  });

export const writeAll = (file: number, bytes: Uint8Array): Promise<void> =>
  new Promise((resolve, reject) => {
    const writeFrom = (start: number) =>
      write(file, bytes, start, bytes.length - start, null, (error, count) => {
        if (error) reject(error);
        else if (start + count < bytes.length) writeFrom(start + count);
        else resolve();
      });
    writeFrom(0);
  });

/** Makes the bytes of a file, or the entries of a folder, durable. */
export const syncFile = (file: number): Promise<void> =>
  new Promise((resolve, reject) => {
    fsync(file, (error) => (error ? reject(error) : resolve()));
  });

/** For what nothing depends on any more: when it was synced, or failed, its close has nothing to tell. */
export const closeLater = (file: number): void => close(file, () => undefined);
