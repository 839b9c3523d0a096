import { createHmac, createSecretKey, hash, hkdfSync, type KeyObject, randomBytes } from "node:crypto";
import { v7 as uuidv7 } from "uuid";
import type { Digest, Place } from "./entry.ts";
import { Failure } from "./fault.ts";
import { holdLease } from "./lease.ts";
import type { ObjectName } from "./object.ts";
import type { Objects } from "./stores.ts";
import type { Upkeep } from "./upkeep-store.ts";

/**
 * The digest of a value tells whether it changed and nothing else: an HMAC, because a plain hash of a short value is
 * as good as the value. Its key lies in the object store, beside the values and never in the database.
 */
export interface Digester {
  /** Begins the digest of one value. `tenant`, `namespace` and `key` are part of it, so that equal values look unequal. */
  start(at: Place): RunningDigest;
  /** The digest of a small value, for a third of what it costs to begin one. */
  of(at: Place, value: Uint8Array): Digest;
  /** 32 bytes that only who holds the key can know, others for each purpose (RFC 5869). */
  derive(purpose: string): Uint8Array;
}

export interface RunningDigest {
  update(bytes: Uint8Array): void;
  end(): Digest;
}

/** No tenant can have this name: it begins with an underscore. */
const KEYS_PREFIX = "_nskv/digest-keys/";
const KEY_BYTES = 32;

/** Who has this lease may make the digest's key, when there is none. */
const KEY_LEASE = "digest key";

/**
 * Reads the digest's key from the object store, or makes it. Of replicas that start at the same time one makes it, and
 * the others wait: with another key they would sign for webhooks what no receiver can verify, and take equal values for
 * different ones. Fails with `unavailable`.
 */
export async function openDigester(
  objects: Objects,
  upkeep: Pick<Upkeep, "take">,
  signal: AbortSignal,
): Promise<Digester> {
  const name = (await oldestKey(objects)) ?? (await agreedKey(objects, upkeep, signal));
  return readDigester(objects, name, signal);
}

/**
 * Those of all keys in the object store, by their ids: older values may have been digested under another one. Damaged keys
 * are left out. Fails with `unavailable`.
 */
export async function readDigesters(objects: Objects, signal: AbortSignal): Promise<ReadonlyMap<string, Digester>> {
  const digesters = new Map<string, Digester>();
  for await (const name of objects.list(KEYS_PREFIX)) {
    try {
      digesters.set(name.slice(KEYS_PREFIX.length), await readDigester(objects, name as ObjectName, signal));
    } catch (error) {
      if (error instanceof Failure || signal.aborted) throw error;
    }
  }
  return digesters;
}

async function readDigester(objects: Objects, name: ObjectName, signal: AbortSignal): Promise<Digester> {
  const secret = await objects.read({ object: name, offset: 0, length: KEY_BYTES }, signal);
  if (secret?.length !== KEY_BYTES)
    throw new Error(`The digest key ${objects.uriOf(name)} has been damaged or removed.`);
  const keyId = name.slice(KEYS_PREFIX.length);
  const key = createSecretKey(secret);
  const hmac = hmacUnder(secret);
  return {
    start: (at) => startDigest(key, keyId, at),
    of: (at, value) => ({ hex: hmac(at, value), keyId }),
    derive: (purpose) => new Uint8Array(hkdfSync("sha256", secret, "", purpose, KEY_BYTES)),
  };
}

async function oldestKey(objects: Objects): Promise<ObjectName | undefined> {
  for await (const name of objects.list(KEYS_PREFIX)) return name as ObjectName;
  return undefined;
}

async function agreedKey(objects: Objects, upkeep: Pick<Upkeep, "take">, signal: AbortSignal): Promise<ObjectName> {
  const lease = await holdLease(upkeep, KEY_LEASE, () => undefined, signal);
  try {
    const made = await oldestKey(objects);
    if (made) return made;
    const name = `${KEYS_PREFIX}${uuidv7()}` as ObjectName;
    await objects.put(name, randomBytes(KEY_BYTES), KEY_BYTES, signal);
    try {
      lease.check();
    } catch (error) {
      // Another may have found none and made one: of two, the older would count for whoever starts next.
      await objects.delete(name).catch(() => undefined);
      throw error;
    }
    return name;
  } finally {
    await lease.release().catch(() => undefined); // it ends by itself
  }
}

function startDigest(secret: KeyObject, keyId: string, at: Place): RunningDigest {
  const hmac = createHmac("sha256", secret).update(bytesOf(at));
  return {
    update: (bytes) => void hmac.update(bytes),
    end: () => ({ hex: hmac.digest("hex"), keyId }),
  };
}

/** Of SHA-256: what it hashes at a time, and what comes of it. */
const [BLOCK_BYTES, HASH_BYTES] = [64, 32];

/**
 * HMAC-SHA-256 of whole messages (RFC 2104). Node's own is made for those that flow: each is an object outside of JavaScript's
 * memory, and costs as much as eight hashes (measured; decision 29).
 */
function hmacUnder(secret: Uint8Array): (at: Place, value: Uint8Array) => string {
  const padded = (byte: number) => Buffer.alloc(BLOCK_BYTES, byte).map((pad, index) => pad ^ (secret[index] ?? 0));
  const [inside, outside] = [padded(0x36), Buffer.concat([padded(0x5c), Buffer.alloc(HASH_BYTES)])];
  return (at, value) => {
    const place = bytesOf(at);
    hash("sha256", Buffer.concat([inside, place, value]), "buffer").copy(outside, BLOCK_BYTES);
    return hash("sha256", outside, "hex");
  };
}

const LENGTH_BYTES = 4;

/** Each text behind its length, or two places could run together into the same bytes. In one piece: every put makes it. */
function bytesOf({ tenant, namespace, key }: Place): Uint8Array {
  const texts = [tenant, namespace, key];
  const bytes = Buffer.allocUnsafe(texts.reduce((sum, text) => sum + LENGTH_BYTES + Buffer.byteLength(text), 0));
  let at = 0;
  for (const text of texts) {
    const length = bytes.write(text, at + LENGTH_BYTES);
    bytes.writeUInt32BE(length, at);
    at += LENGTH_BYTES + length;
  }
  return bytes;
}
