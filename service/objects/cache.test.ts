import { expect, it } from "vitest";
import type { Slice } from "../domain/entry.ts";
import type { ObjectName } from "../domain/object.ts";
import type { Bytes, Objects } from "../domain/stores.ts";
import { type CachedObjects, withCache } from "./cache.ts";

const never = new AbortController().signal;
const nameOf = (name: string) => name as ObjectName;
const slice = (object: string, length: number, offset = 0): Slice => ({ object: nameOf(object), offset, length });
const bytesOf = (text: string) => new Uint8Array(Buffer.from(text));

/** Counts what reaches it, and answers when it is told to. */
class Behind implements Objects {
  readonly stored = new Map<string, Uint8Array>();
  readonly reads: { slice: Slice; signal: AbortSignal; answer: () => void }[] = [];
  /** Whether reads wait for `answer`. */
  held = false;

  async put(name: ObjectName, bytes: Bytes): Promise<number> {
    if (!(bytes instanceof Uint8Array)) throw new Error("Only bytes in memory here.");
    this.stored.set(name, bytes.slice());
    return bytes.byteLength;
  }
  async read(read: Slice, signal: AbortSignal): Promise<Uint8Array | undefined> {
    const { object, offset, length } = read;
    await new Promise<void>((resolve, reject) => {
      this.reads.push({ slice: read, signal, answer: resolve });
      signal.addEventListener("abort", () => reject(signal.reason));
      if (!this.held) resolve();
    });
    return this.stored.get(object)?.subarray(offset, offset + length);
  }
  async stream(): Promise<undefined> {}
  async lend(): Promise<undefined> {}
  async delete(name: ObjectName): Promise<void> {
    this.stored.delete(name);
  }
  async *list(): AsyncGenerator<string> {}
  uriOf = (name: ObjectName) => `test:${name}`;
  async ready(): Promise<void> {}
  async close(): Promise<void> {}
}

function cached(bytesMax = 100_000, valueBytesMax = 1_000): { behind: Behind; objects: CachedObjects } {
  const behind = new Behind();
  return { behind, objects: withCache(behind, { bytesMax, valueBytesMax }) };
}

it("asks the store once for a slice that is read twice, and counts", async () => {
  const { behind, objects } = cached();
  behind.stored.set("a", bytesOf("value"));
  for (let i = 0; i < 3; i += 1) expect(await objects.read(slice("a", 5), never)).toEqual(bytesOf("value"));
  expect(behind.reads).toHaveLength(1);
  expect(objects.counters()).toMatchObject({ hits: 2, misses: 1, slices: 1 });
});

it("keeps slices of one object apart", async () => {
  const { behind, objects } = cached();
  behind.stored.set("a", bytesOf("one two"));
  expect(await objects.read(slice("a", 3), never)).toEqual(bytesOf("one"));
  expect(await objects.read(slice("a", 3, 4), never)).toEqual(bytesOf("two"));
  expect(await objects.read(slice("a", 2, 4), never)).toEqual(bytesOf("tw"));
  expect(behind.reads).toHaveLength(3);
});

it("has what was put from memory, in a copy of its own", async () => {
  const { behind, objects } = cached();
  const mine = bytesOf("value");
  await objects.put(nameOf("a"), mine, 5, never);
  mine.fill(0);
  expect(await objects.read(slice("a", 5), never)).toEqual(bytesOf("value"));
  expect(behind.reads).toHaveLength(0);
});

it("does not keep what a failed put brought", async () => {
  const { behind, objects } = cached();
  behind.put = async () => {
    throw new Error("disk full");
  };
  await expect(objects.put(nameOf("a"), bytesOf("value"), 5, never)).rejects.toThrow("disk full");
  expect(objects.counters().slices).toBe(0);
});

it("does not keep slices above its limit, nor objects that are missing", async () => {
  const { behind, objects } = cached();
  const large = new Uint8Array(1_001);
  await objects.put(nameOf("a"), large, undefined, never);
  for (let i = 0; i < 2; i += 1) expect(await objects.read(slice("a", 1_001), never)).toEqual(large);
  for (let i = 0; i < 2; i += 1) expect(await objects.read(slice("b", 1), never)).toBeUndefined();
  expect(behind.reads).toHaveLength(4);
  expect(objects.counters()).toMatchObject({ bytes: 0, slices: 0 });
});

it("drops what was used longest ago when its memory is full", async () => {
  const { behind, objects } = cached(4_000);
  for (const name of ["a", "b", "c"]) await objects.put(nameOf(name), new Uint8Array(700), undefined, never);
  await objects.read(slice("a", 700), never);
  await objects.put(nameOf("d"), new Uint8Array(700), undefined, never);
  expect(objects.counters().bytes).toBeLessThanOrEqual(4_000);
  await objects.read(slice("a", 700), never);
  await objects.read(slice("d", 700), never);
  expect(behind.reads).toHaveLength(0);
  await objects.read(slice("b", 700), never);
  expect(behind.reads).toHaveLength(1);
});

it("forgets all slices of an object that is deleted, and no others", async () => {
  const { behind, objects } = cached();
  for (const name of ["a", "ab"]) {
    await objects.put(nameOf(name), bytesOf("value"), undefined, never);
    await objects.read(slice(name, 2), never);
  }
  await objects.delete(nameOf("a"));
  expect(objects.counters().slices).toBe(2);
  expect(await objects.read(slice("a", 5), never)).toBeUndefined();
  expect(await objects.read(slice("a", 2), never)).toBeUndefined();
  expect(behind.reads).toHaveLength(4);
});

it("shares one request among concurrent reads of one slice", async () => {
  const { behind, objects } = cached();
  behind.held = true;
  behind.stored.set("a", bytesOf("value"));
  const reads = [1, 2, 3].map(() => objects.read(slice("a", 5), never));
  expect(behind.reads).toHaveLength(1);
  behind.reads[0]?.answer();
  expect(await Promise.all(reads)).toEqual([bytesOf("value"), bytesOf("value"), bytesOf("value")]);
});

it("lets one of several readers give up without the others noticing", async () => {
  const { behind, objects } = cached();
  behind.held = true;
  behind.stored.set("a", bytesOf("value"));
  const abort = new AbortController();
  const reason = new Error("went away");
  const first = objects.read(slice("a", 5), abort.signal);
  const second = objects.read(slice("a", 5), never);
  abort.abort(reason);
  await expect(first).rejects.toBe(reason);
  expect(behind.reads[0]?.signal.aborted).toBe(false);
  behind.reads[0]?.answer();
  expect(await second).toEqual(bytesOf("value"));
});

it("ends a request that nobody waits for, and starts anew for the next reader", async () => {
  const { behind, objects } = cached();
  behind.held = true;
  behind.stored.set("a", bytesOf("value"));
  const abort = new AbortController();
  const first = objects.read(slice("a", 5), abort.signal);
  abort.abort(new Error("went away"));
  await expect(first).rejects.toThrow("went away");
  expect(behind.reads[0]?.signal.aborted).toBe(true);
  const second = objects.read(slice("a", 5), never);
  behind.reads[1]?.answer();
  expect(await second).toEqual(bytesOf("value"));
  expect(objects.counters().slices).toBe(1);
});

it("passes a failure to all who share it, and keeps none", async () => {
  const { behind, objects } = cached();
  behind.read = async () => {
    throw new Error("store away");
  };
  const reads = [1, 2].map(() => objects.read(slice("a", 5), never));
  for (const read of reads) await expect(read).rejects.toThrow("store away");
  behind.read = async () => bytesOf("value");
  expect(await objects.read(slice("a", 5), never)).toEqual(bytesOf("value"));
});

it("does not keep what was read while its object was deleted", async () => {
  const { behind, objects } = cached();
  behind.held = true;
  behind.stored.set("a", bytesOf("value"));
  const read = objects.read(slice("a", 5), never);
  const bytes = behind.stored.get("a") ?? new Uint8Array();
  await objects.delete(nameOf("a"));
  behind.stored.set("a", bytes); // the answer was on its way already
  behind.reads[0]?.answer();
  expect(await read).toEqual(bytesOf("value"));
  expect(objects.counters().slices).toBe(0);
});

it("passes the rest on", async () => {
  const { objects } = cached();
  expect(objects.uriOf(nameOf("a"))).toBe("test:a");
  expect(await objects.stream(slice("a", 1), never)).toBeUndefined();
  await objects.ready();
  await objects.close();
});
