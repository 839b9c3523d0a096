import type { EntryPage } from "../../api/list.ts";
import type { FoundKey } from "./store.ts";

/** A key that is there, or was until its time was over. */
export type Known = Exclude<FoundKey, { readonly state: "missing" }>;

/**
 * What is known of a key without asking: itself; that a further page of the list may tell (`beyond`); or nothing
 * (`unlisted`): only the service can say, by the key's own name, whether it is missing.
 */
export type Knowledge = Known | "beyond" | "unlisted";

/** What one run knows of the keys of one namespace. */
export interface KnownKeys {
  of(key: string): Knowledge;
  /** Where the list goes on; undefined at its beginning. */
  cursor(): string | undefined;
  /** Adds the next page of the list. */
  add(page: EntryPage): void;
  /** What was heard of a key by its name, or was written there: from now on that counts, whatever a page says. */
  learn(key: string, known: Known): void;
  /** Nobody knows what is there now. */
  forget(key: string): void;
}

export function knownKeys(): KnownKeys {
  const listed = new Map<string, Known>();
  const named = new Map<string, Known | "unlisted">();
  let next: string | undefined;
  /** The last key that the pages have come to; undefined before the first page, and `all` behind the last. */
  let reached: Buffer | "all" | undefined;
  const isReached = (key: string): boolean =>
    reached === "all" || (reached !== undefined && Buffer.compare(Buffer.from(key), reached) <= 0);
  return {
    of: (key) => named.get(key) ?? listed.get(key) ?? (isReached(key) ? "unlisted" : "beyond"),
    cursor: () => next,
    add({ entries, next: following, readAt }) {
      for (const { expiredAt, ...entry } of entries)
        listed.set(
          entry.key,
          expiredAt === undefined
            ? { state: "live", entry, value: undefined, readAt }
            : { state: "expired", expiredAt },
        );
      next = following;
      // The order of a list is that of the keys' bytes (collation "C"), and not of JavaScript's strings.
      reached = following === undefined ? "all" : Buffer.from(entries.at(-1)?.key ?? "");
    },
    learn: (key, known) => void named.set(key, known),
    forget: (key) => void named.set(key, "unlisted"),
  };
}
