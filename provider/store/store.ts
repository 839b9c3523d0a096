import type { createKey, EntryFields, KeyPlace, ReadKey } from "../../api/client.ts";
import { createKey as create, patchKey as patch, readKey as read, deleteKey as remove } from "../../api/client.ts";
import type { Api } from "../../api/transport.ts";

/** What is known of a key besides its value. */
export type Entry = Awaited<ReturnType<typeof createKey>>;

/** When a reader needs the value: each time, never, or unless the key still has the digest that its state holds. */
export type ValueWanted = "always" | "never" | { readonly unlessDigest: string };

/** As ReadKey, but without the value where it was not wanted. */
export type FoundKey =
  | Exclude<ReadKey, { readonly state: "live" }>
  | {
      readonly state: "live";
      readonly entry: Entry;
      readonly value: string | undefined;
      /** When this was so, by the service's own clock. */
      readonly readAt: Date;
    };

/** The service as resources see it: single keys, in as few requests as the others that are under way allow. */
export interface Store {
  /** For whatever is not one key. */
  readonly api: Api;
  /**
   * What is there at a key for the refresh of a resource, and never deletes it, though it has expired: as of one moment
   * of this run, in which own writes show. The value may come though it was not wanted.
   */
  readKey(at: KeyPlace, value: ValueWanted, signal: AbortSignal): Promise<FoundKey>;
  /** Fails with the problem `already-exists` when a live one is there. */
  createKey(
    at: KeyPlace,
    fields: EntryFields & { readonly value: string },
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<Entry>;
  /** Changes the named fields of the revision that `etag` names. Fails with the problem `stale` when it is not current. */
  patchKey(
    at: KeyPlace,
    fields: EntryFields,
    etag: string,
    idempotencyKey: string,
    signal: AbortSignal,
  ): Promise<Entry>;
  /** True when there was one. Fails with the problem `stale` when another revision is there. */
  deleteKey(at: KeyPlace, etag: string, idempotencyKey: string, signal: AbortSignal): Promise<boolean>;
}

/** Each call is a request of its own. */
export const directStore = (api: Api): Store => ({
  api,
  readKey: (at, _value, signal) => read(api, at, signal),
  createKey: (at, fields, idempotencyKey, signal) => create(api, at, fields, idempotencyKey, signal),
  patchKey: (at, fields, etag, idempotencyKey, signal) => patch(api, at, fields, etag, idempotencyKey, signal),
  deleteKey: (at, etag, idempotencyKey, signal) => remove(api, at, etag, idempotencyKey, signal),
});
