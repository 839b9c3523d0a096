import type { Objects } from "./stores.ts";

/** What lies in the object store under a name. */
export interface StoredObject {
  readonly name: string;
  /** In bytes. */
  readonly size: number;
}

/** An object store that can also tell how large its objects are, without opening them. */
export interface InventoriedObjects extends Objects {
  /** As `list`: the names that begin with `prefix`, in the order of their bytes, after `after`. */
  inventory(prefix: string, after?: string): AsyncIterable<StoredObject>;
}

/** The size of one object in bytes, or undefined when there is none of this name. */
export async function sizeOf(objects: InventoriedObjects, name: string): Promise<number | undefined> {
  // A longer name that begins with this one sorts behind it.
  for await (const found of objects.inventory(name)) return found.name === name ? found.size : undefined;
  return undefined;
}
