import type { Etag, LastChange, Place } from "./entry.ts";
import type { Failure } from "./fault.ts";
import type { Key } from "./key.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import type { Bytes } from "./stores.ts";
import type { Type } from "./type.ts";
import type { Author, Said } from "./writes.ts";

/**
 * How much the bytes of an incoming value say. `exact`: every byte counts. `json`: they are JSON that may have been
 * spelt otherwise. `text`: a text, as one JSON string, from a format that has no types.
 */
export type Form = "exact" | "json" | "text";

/** One entry that an import brings. What `said` leaves undefined is kept. */
export interface Incoming {
  readonly kind: "entry";
  /** Where it begins in the upload; the first line is 1. */
  readonly line: number;
  readonly key: Key;
  /** JSON text; one that flows must be read before the next item is asked for. */
  readonly value: Bytes;
  readonly type: Type | undefined;
  readonly form: Form;
  readonly said: Said;
  /** The revision that must be the current one. */
  readonly ifMatch: Etag | undefined;
}

/** One whose value is not in memory. */
export type Flowing = Incoming & { readonly value: AsyncIterable<Uint8Array>; readonly type: Type };

/** What a format finds in an upload. `history`: a revision that is no more current. */
export type ImportItem =
  | Incoming
  | { readonly kind: "history"; readonly line: number }
  | { readonly kind: "unreadable"; readonly line: number; readonly key: string | undefined; readonly failure: Failure };

export interface ImportOptions {
  readonly scope: { readonly tenant: Tenant; readonly namespace: NamespaceName };
  /** What becomes of a key that is there with something else. `fail` ends the import. */
  readonly onConflict: "overwrite" | "skip" | "fail";
  /** Changes nothing. */
  readonly dryRun: boolean;
  readonly author: Author;
}

/** What became of one item; in a dry run, what would. */
export interface Imported {
  readonly line: number;
  readonly key: string | undefined;
  /** `expired`: its time was over before it came. `left`: it was not written because the import ended at a conflict. */
  readonly outcome: "added" | "changed" | "same" | "skipped" | "expired" | "conflict" | "left" | "failed" | "history";
  /** With `conflict`: what is there; undefined when there is nothing any more. */
  readonly current?: LastChange | undefined;
  /** With `failed`: why. */
  readonly failure?: Failure;
}

export const placeOf = ({ scope }: ImportOptions, key: Key): Place => ({ ...scope, key });
