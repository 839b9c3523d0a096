import type { Digest, Entry, Place } from "./entry.ts";
import { spellSame } from "./import-decide.ts";
import type { Form } from "./import-item.ts";
import { isRead } from "./reads.ts";
import type { Stores } from "./writes.ts";

/**
 * Whether an entry's value is these bytes, or where their spelling says nothing, means the same. The digest tells
 * without a read; under another key than now it tells nothing, and the bytes are compared.
 */
export async function hasSameValue(
  stores: Stores,
  current: Entry,
  bytes: Uint8Array,
  form: Form,
  signal: AbortSignal,
): Promise<boolean> {
  const digest = digestOf(stores, current, bytes);
  if (digest.keyId === current.digest.keyId && digest.hex === current.digest.hex) return true;
  const isKnown = digest.keyId === current.digest.keyId;
  if (isKnown && (form === "exact" || !isRead(current))) return false;
  if (!isKnown && form === "exact" && current.size !== bytes.length) return false;
  const present = isRead(current) ? await stores.objects.read(current.slice, signal) : undefined;
  if (!present) return false;
  return form === "exact" ? Buffer.compare(present, bytes) === 0 : spellSame(present, bytes);
}

const digestOf = ({ digester }: Stores, { tenant, namespace, key }: Place, bytes: Uint8Array): Digest =>
  digester.of({ tenant, namespace, key }, bytes);
