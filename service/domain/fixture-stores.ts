import type { Digester } from "./digest.ts";
import type { Entry, Place } from "./entry.ts";
import type { Key } from "./key.ts";
import type { NamespaceName, Tenant } from "./namespace.ts";
import type { ObjectName } from "./object.ts";
import type { Bytes, Found, ListQuery, Metadata, Objects, Verdict, Write } from "./stores.ts";
import type { Stores } from "./writes.ts";

export const SCOPE = { tenant: "t" as Tenant, namespace: "n" as NamespaceName };

export interface CountingStores extends Stores {
  readonly entries: Map<string, Entry>;
  readonly texts: Map<ObjectName, Uint8Array>;
  /** How often each call was made. */
  readonly calls: Record<"list" | "find" | "commit" | "read" | "stream" | "put" | "delete", number>;
}

/** Stores in memory that count what is asked of them; `before` comes between a look-up and its write. */
export function countingStores(before: (write: Write) => Verdict | undefined = () => undefined): CountingStores {
  const entries = new Map<string, Entry>();
  const texts = new Map<ObjectName, Uint8Array>();
  const calls = { list: 0, find: 0, commit: 0, read: 0, stream: 0, put: 0, delete: 0 };
  const commit = async (write: Write) => {
    calls.commit++;
    const verdict = before(write);
    if (verdict) return { verdict, certain: true };
    const entry = entryOf(write, entries.get(write.at.key));
    entries.set(write.at.key, entry);
    return { verdict: { kind: "written", entry, created: true } as const, certain: true };
  };
  const metadata = {
    find: async ({ key }: Place): Promise<Found | undefined> => {
      calls.find++;
      const entry = entries.get(key);
      return entry && { state: "live", entry };
    },
    commit,
    list: async ({ after, limit }: ListQuery) => {
      calls.list++;
      const rest = [...entries.values()]
        .sort((a, b) => (a.key < b.key ? -1 : 1))
        .filter(({ key }) => !after || key > after.key);
      const page = rest.slice(0, limit).map((entry) => ({ ...entry, expired: false }));
      const last = page.at(-1);
      return { entries: page, next: last && rest.length > limit ? { value: null, key: last.key } : undefined };
    },
  } as unknown as Metadata;
  return { metadata, objects: objectsIn(texts, calls), digester: DIGESTER, entries, texts, calls };
}

function entryOf({ at, etag, value, ...said }: Write, current: Entry | undefined): Entry {
  const { description, labels, secret } = said;
  return {
    ...at,
    etag,
    revision: (current?.revision ?? 0) + 1,
    ...value,
    description: description ?? undefined,
    labels: labels ?? {},
    secret: secret ?? false,
  } as Entry;
}

function objectsIn(texts: Map<ObjectName, Uint8Array>, calls: CountingStores["calls"]): Objects {
  const sliceOf = ({ object, offset, length }: Entry["slice"]) => texts.get(object)?.subarray(offset, offset + length);
  return {
    put: async (name: ObjectName, bytes: Bytes) => {
      calls.put++;
      const pieces: Uint8Array[] = [];
      if (bytes instanceof Uint8Array) pieces.push(bytes);
      else for await (const piece of bytes) pieces.push(piece);
      texts.set(name, Buffer.concat(pieces));
      return texts.get(name)?.length ?? 0;
    },
    read: async (slice: Entry["slice"]) => {
      calls.read++;
      return sliceOf(slice);
    },
    stream: async (slice: Entry["slice"]) => {
      calls.stream++;
      const bytes = sliceOf(slice);
      return bytes && piecesOf(bytes);
    },
    delete: async (name: ObjectName) => {
      calls.delete++;
      texts.delete(name);
    },
  } as unknown as Objects;
}

export async function* piecesOf(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 10_000) yield bytes.subarray(at, at + 10_000);
}

/** No secret here: what differs, differs. */
const DIGESTER: Digester = {
  derive: () => new Uint8Array(),
  of: ({ key }, value) => ({ hex: `${key}${Buffer.from(value)}`, keyId: "now" }),
  start: ({ key }) => {
    let seen = key as string;
    return {
      update: (bytes) => {
        seen += Buffer.from(bytes).toString();
      },
      end: () => ({ hex: seen, keyId: "now" }),
    };
  },
};

export const keyOf = (text: string): Key => text as Key;
