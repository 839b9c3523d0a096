import type { Objects, StoredValue } from "./stores.ts";

/** A value whose bytes lie in the object store, before it is decided whether a revision names them. */
export interface Placed {
  readonly value: StoredValue;
  /** To be called once. `named`: a revision names the bytes now, or perhaps does. Else they are removed; never fails. */
  decided(named: boolean): Promise<void>;
  /** Where the object is shared: places the same bytes in one of their own. */
  readonly alone?: () => Promise<Placed>;
}

/** What cannot be removed is left to the sweep: the caller's answer is known already. */
export const removeQuietly = (objects: Objects, { slice }: StoredValue): Promise<void> =>
  objects.delete(slice.object).catch(() => undefined);

/** In an object that holds nothing else. */
export const placedAlone = (objects: Objects, value: StoredValue): Placed => ({
  value,
  decided: async (named) => (named ? undefined : removeQuietly(objects, value)),
});
