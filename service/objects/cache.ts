import { LRUCache } from "lru-cache";
import type { Slice } from "../domain/entry.ts";
import type { ObjectName } from "../domain/object.ts";
import type { Objects } from "../domain/stores.ts";
import { SharedReads } from "./shared-reads.ts";

export interface CacheLimits {
  /** Memory for all slices together, in bytes, what it takes to find them included. */
  readonly bytesMax: number;
  /** Longer slices are not kept. */
  readonly valueBytesMax: number;
}

export interface CacheCounters {
  readonly hits: number;
  readonly misses: number;
  /** What is kept now. */
  readonly bytes: number;
  readonly slices: number;
}

export interface CachedObjects extends Objects {
  counters(): CacheCounters;
}

/** A guess at what V8 needs per entry: a typed array with its buffer, the key's text, two entries of maps. */
const ENTRY_BYTES = 500;

/**
 * Keeps small slices in memory. They can never be stale: an object is not written twice, and which object is current is
 * asked of the database each time. What was put from memory is there at once, concurrent reads of one slice share one
 * request, and a delete forgets all that was kept of its object. Whoever reads must not write into the bytes.
 */
export function withCache(objects: Objects, limits: CacheLimits): CachedObjects {
  return new Cache(objects, limits);
}

class Cache implements CachedObjects {
  readonly #objects: Objects;
  readonly #limits: CacheLimits;
  readonly #reads: SharedReads;
  readonly #slices: LRUCache<string, Uint8Array>;
  /** The keys of `#slices` per object, for `delete`. */
  readonly #keys = new Map<string, Set<string>>();
  #hits = 0;
  #misses = 0;

  constructor(objects: Objects, limits: CacheLimits) {
    this.#objects = objects;
    this.#limits = limits;
    this.#reads = new SharedReads(objects);
    this.#slices = new LRUCache({
      maxSize: limits.bytesMax,
      sizeCalculation: (bytes, key) => bytes.byteLength + 2 * key.length + ENTRY_BYTES,
      dispose: (_, key) => this.#forgetKey(key),
      noDisposeOnSet: true,
    });
  }

  async put(...given: Parameters<Objects["put"]>): Promise<number> {
    const count = await this.#objects.put(...given);
    const [name, bytes] = given;
    if (bytes instanceof Uint8Array) this.keep({ object: name, offset: 0, length: count }, bytes);
    return count;
  }

  kept(slice: Slice): Uint8Array | undefined {
    const kept = this.#slices.get(keyOf(slice));
    if (kept) this.#hits += 1;
    return kept;
  }

  async read(slice: Slice, signal: AbortSignal): Promise<Uint8Array | undefined> {
    signal.throwIfAborted();
    const kept = this.kept(slice);
    if (kept) return kept;
    this.#misses += 1;
    if (slice.length > this.#limits.valueBytesMax) return this.#objects.read(slice, signal);
    return this.#reads.read(keyOf(slice), slice, signal, (bytes) => this.keep(slice, bytes));
  }

  stream(slice: Slice, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.#objects.stream(slice, signal);
  }

  lend(slice: Slice, signal: AbortSignal): Promise<AsyncIterable<Uint8Array> | undefined> {
    return this.#objects.lend(slice, signal);
  }

  async delete(name: ObjectName): Promise<void> {
    this.#forgetObject(name);
    await this.#objects.delete(name);
    // Reads that came in between were answered from an object that was still there.
    this.#forgetObject(name);
  }

  list(prefix: string, after?: string): AsyncIterable<string> {
    return this.#objects.list(prefix, after);
  }

  uriOf(name: ObjectName): string {
    return this.#objects.uriOf(name);
  }

  ready(): Promise<void> {
    return this.#objects.ready();
  }

  async close(): Promise<void> {
    this.#slices.clear();
    await this.#objects.close();
  }

  counters(): CacheCounters {
    const { calculatedSize, size } = this.#slices;
    return { hits: this.#hits, misses: this.#misses, bytes: calculatedSize, slices: size };
  }

  keep(slice: Slice, bytes: Uint8Array): void {
    if (bytes.byteLength > this.#limits.valueBytesMax) return;
    const key = keyOf(slice);
    // A copy: the caller may go on writing into its own, and a part of a large buffer would keep all of it alive.
    this.#slices.set(key, new Uint8Array(bytes));
    if (!this.#slices.has(key)) return; // larger than all the memory there is
    const keys = this.#keys.get(slice.object);
    if (keys) keys.add(key);
    else this.#keys.set(slice.object, new Set([key]));
  }

  #forgetObject(name: ObjectName): void {
    this.#reads.forget(name);
    for (const key of this.#keys.get(name) ?? []) this.#slices.delete(key);
  }

  #forgetKey(key: string): void {
    const object = key.slice(0, key.indexOf("\n"));
    const keys = this.#keys.get(object);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(object);
  }
}

/** An entry that is read again has the same slice, and to put a long text together and hash it costs more than to find it. */
const keys = new WeakMap<Slice, string>();

function keyOf(slice: Slice): string {
  const known = keys.get(slice);
  if (known !== undefined) return known;
  // No object's name has a line break.
  const key = `${slice.object}\n${slice.offset}\n${slice.length}`;
  keys.set(slice, key);
  return key;
}
