import type { EntryFields } from "../../api/client.ts";
import type { listAll } from "../../api/list.ts";
import type { Notes } from "../schema/provider.ts";
import type { Entry } from "./entry-attributes.ts";

/** What a set notes of its keys beside their values: enough to know whether one has changed, and to write it only if it has
 *  not. As short as it can be, since a set may have ten thousand of them. */

export type ListedEntry = Awaited<ReturnType<typeof listAll>>[number];

/** What others may say of a key. A put would clear it, so that it has to be said again. */
export type Kept = Pick<EntryFields, "description" | "labels" | "secret">;

export interface NotedKey {
  readonly etag: string;
  readonly digest: string;
  readonly ttl: string | undefined;
  readonly kept: Kept;
}

export interface SetNotes {
  readonly keys: ReadonlyMap<string, NotedKey>;
  /** The ETags of the keys that are not in the set. */
  readonly strangers: ReadonlyMap<string, string>;
}

export function notedOf({ etag, digest, ttl, description, labels, secret }: Entry): NotedKey {
  const kept = {
    ...(description === null ? {} : { description }),
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    ...(secret ? { secret } : {}),
  };
  return { etag, digest, ttl: ttl ?? undefined, kept };
}

/** `[etag, digest]`, and a third member for what few keys have. */
type Stored = readonly [etag: string, digest: string, more?: Kept & { readonly ttl?: string }];

export function toNotes({ keys, strangers }: SetNotes): Notes {
  const stored = [...keys].map(([key, { etag, digest, ttl, kept }]): [string, Stored] => {
    const more = { ...(ttl === undefined ? {} : { ttl }), ...kept };
    return [key, Object.keys(more).length === 0 ? [etag, digest] : [etag, digest, more]];
  });
  return { keys: Object.fromEntries(stored), strangers: Object.fromEntries(strangers) };
}

export function fromNotes(notes: Notes): SetNotes {
  const { keys = {}, strangers = {} } = notes as {
    readonly keys?: Readonly<Record<string, Stored>>;
    readonly strangers?: Readonly<Record<string, string>>;
  };
  const noted = Object.entries(keys).map(([key, [etag, digest, { ttl, ...kept } = {}]]): [string, NotedKey] => [
    key,
    { etag, digest, ttl, kept },
  ]);
  return { keys: new Map(noted), strangers: new Map(Object.entries(strangers)) };
}
