import { VALUE_HEAD_BYTES } from "../../../api/limits.ts";
import { Failure } from "../../domain/fault.ts";
import { typeOfJson } from "../../domain/import-decide.ts";
import type { Form, ImportItem, Incoming } from "../../domain/import-item.ts";
import { type Key, parseKey } from "../../domain/key.ts";
import type { Bytes, Lifetime } from "../../domain/stores.ts";
import { parseExpiresAt, parseTtl } from "../../domain/ttl.ts";
import type { Type } from "../../domain/type.ts";
import { NOTHING_SAID, type Said } from "../../domain/writes.ts";

/** What a format knows of one entry. */
export interface Found {
  readonly line: number;
  readonly key: Key;
  readonly value: Bytes;
  readonly form: Form;
  readonly type?: Type | undefined;
  /** The first byte of a value that flows. */
  readonly first?: number | undefined;
  readonly said?: Said | undefined;
  readonly ifMatch?: string | undefined;
}

/** A value that flows needs a type: one that is named, or what its first byte says. */
export function incoming({ value, type, first, said, ifMatch, ...rest }: Found): Incoming {
  const more = { kind: "entry", ...rest, said: said ?? SAYS_NOTHING, ifMatch } as const;
  if (value instanceof Uint8Array && value.length <= VALUE_HEAD_BYTES) return { ...more, value, type };
  if (value instanceof Uint8Array) return { ...more, value: once(value), type: type ?? typeOfJson(value) };
  return { ...more, value, type: type ?? typeOfJson(Uint8Array.of(first ?? 0)) };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** What is there is kept; a new key takes the namespace's default TTL. */
export const SAYS_NOTHING: Said = NOTHING_SAID;

/** The item that `read` makes of one entry, or what is wrong with it. `keyText` is what is known of its key before. */
export function itemOf(line: number, keyText: string | undefined, read: (key: Key) => ImportItem): ImportItem {
  try {
    return read(parseKey(keyText ?? ""));
  } catch (error) {
    return refused(line, keyText, error);
  }
}

/** An entry that cannot be read, while those after it can. Passes on what is no refusal. */
export function refused(line: number, key: string | undefined, error: unknown): ImportItem {
  if (!(error instanceof Failure)) throw error;
  return { kind: "unreadable", line, key: key?.slice(0, KEY_SHOWN_MAX), failure: error };
}

/** Of a key that is none, only so much is repeated. */
const KEY_SHOWN_MAX = 300;

export const invalid = (field: string, reason: string) => new Failure({ kind: "invalid", field, reason });

/** An end is kept to the microsecond, with the TTL that it came from; a TTL alone starts anew; null ends both. */
export function lifetimeOf(ttl: string | null | undefined, expiresAt: string | null | undefined): Lifetime {
  const duration = typeof ttl === "string" ? parseTtl(ttl) : undefined;
  if (typeof expiresAt === "string")
    return { kind: "until", at: parseExpiresAt(expiresAt), ...(duration !== undefined && { ttl: duration }) };
  if (duration !== undefined) return { kind: "for", ttl: duration };
  return ttl === null || expiresAt === null ? { kind: "none" } : { kind: "keep" };
}
