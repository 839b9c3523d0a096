import { createHash } from "node:crypto";
import type { Place } from "./entry.ts";
import { newUuid } from "./uuid.ts";

declare const made: unique symbol;
/** Unique for ever. Objects are immutable: no name is ever written twice. */
export type ObjectName = string & { readonly [made]: "ObjectName" };

/** Bytes of the encoded key that a person still sees in the bucket; the hash behind them tells keys apart. */
const KEY_BYTES_SHOWN = 100;
/** Bytes of the hash, in hex twice as many characters. */
const HASH_BYTES = 8;

/**
 * A fresh name for the bytes of one revision: `{tenant}/{namespace}/_kv/{key}-{hash}/{uuidv7}.json`.
 * The UUID begins with the time, so that a sweep knows how old an upload is from its name alone.
 */
export function newObjectName({ tenant, namespace, key }: Place): ObjectName {
  const hash = createHash("sha256")
    .update(key)
    .digest("hex")
    .slice(0, HASH_BYTES * 2);
  return `${tenant}/${namespace}/_kv/${shownKey(key)}-${hash}/${newUuid()}.json` as ObjectName;
}

/** A fresh name for an object that holds several values of one namespace. No key's folder is named like this: it has a hash. */
export const newPackName = ({ tenant, namespace }: Pick<Place, "tenant" | "namespace">): ObjectName =>
  `${tenant}/${namespace}/_kv/_pack/${newUuid()}.json` as ObjectName;

/** The time inside an object's name, in milliseconds since 1970, or undefined when the name is not ours (RFC 9562, 5.7). */
export function objectNameTime(name: string): number | undefined {
  const uuid = /\/([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}\.json$/.exec(name);
  return uuid ? Number.parseInt(`${uuid[1]}${uuid[2]}`, 16) : undefined;
}

/** Percent-encoded so that every object store and file system takes it, and cut between two characters. */
function shownKey(key: string): string {
  let shown = "";
  for (const character of key) {
    const encoded = /^[A-Za-z0-9_-]$/.test(character) ? character : encodeBytes(character);
    if (shown.length + encoded.length > KEY_BYTES_SHOWN) break;
    shown += encoded;
  }
  return shown;
}

const encodeBytes = (character: string): string =>
  [...Buffer.from(character)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`).join("");
