import type { Copying } from "../domain/copy-store.ts";
import type { InventoriedObjects } from "../domain/inventory.ts";
import type { Upkeep } from "../domain/upkeep-store.ts";

/** The store whose backup is made, or that is made from one. */
export interface CopiedStore {
  readonly copying: Copying;
  readonly upkeep: Pick<Upkeep, "take">;
  readonly objects: InventoriedObjects;
}

/** Where the backup lies. */
export interface BackupFolder {
  readonly path: string;
  /** The values, as files below `objects/` in it. */
  readonly objects: InventoriedObjects;
}

/** How far a piece of work is, for whoever waits. */
export type Progress = (step: string, done?: number) => void;

/** Why there is no backup, or none to restore: for the operator, with what to do. */
export class BackupRefused extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = "BackupRefused";
  }
}

/** Objects that are copied at the same time, and those of one page. */
export const COPIES_AT_ONCE = 16;
export const PAGE_OBJECTS = 256;

/** What is the store's own and no value's: the keys of digests among it. No tenant has this name. */
export const OWN_PREFIX = "_nskv/";

/** The first of some names, for a message. */
export const someOf = (names: readonly string[], count: number): string =>
  names.join(", ") + (count > names.length ? ` and ${count - names.length} more` : "");
