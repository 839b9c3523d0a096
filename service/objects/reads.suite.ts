import { beforeAll, expect, it, vi } from "vitest";
import type { Slice } from "../domain/entry.ts";
import type { ObjectName } from "../domain/object.ts";
import type { Objects } from "../domain/stores.ts";
import type { Fixture } from "./objects.suite.ts";
import { concat, digestOf, freshName, iterate, MIB, never, pattern, sha256 } from "./suite-bytes.ts";

/** Both ways of reading what flows. */
const WAYS: readonly ((objects: Objects, slice: Slice, signal: AbortSignal) => ReturnType<Objects["stream"]>)[] = [
  (objects, slice, signal) => objects.stream(slice, signal),
  (objects, slice, signal) => objects.lend(slice, signal),
];

export function reads(get: () => Fixture): void {
  const bytes = pattern(3 * MIB);
  let object: ObjectName;
  beforeAll(async () => {
    object = freshName();
    await get().objects.put(object, bytes, undefined, never);
  });

  it.each([
    { what: "the first byte", offset: 0, length: 1 },
    { what: "the last byte", offset: bytes.byteLength - 1, length: 1 },
    { what: "a part across chunks", offset: 1_000_001, length: 1_000_003 },
    { what: "all", offset: 0, length: bytes.byteLength },
    { what: "an empty slice at the start", offset: 0, length: 0 },
    { what: "an empty slice at the end", offset: bytes.byteLength, length: 0 },
  ])("answers $what", async ({ offset, length }) => {
    const { objects } = get();
    const expected = sha256(bytes.subarray(offset, offset + length));
    expect(sha256((await objects.read({ object, offset, length }, never)) ?? Buffer.from("none"))).toBe(expected);
    for (const flow of WAYS) {
      const chunks = await flow(objects, { object, offset, length }, never);
      expect(await digestOf(chunks)).toBe(expected);
    }
  });

  it.each([
    { what: "reaches beyond the end", offset: bytes.byteLength - 1, length: 2 },
    { what: "begins beyond the end", offset: bytes.byteLength + 1, length: 1 },
  ])("fails, and does not shorten, when the slice $what", async ({ offset, length }) => {
    const { objects } = get();
    await expect(objects.read({ object, offset, length }, never)).rejects.toMatchObject({ name: "ObjectDamaged" });
    for (const flow of WAYS) {
      const flowed = async () => concat(await flow(objects, { object, offset, length }, never));
      await expect(flowed()).rejects.toMatchObject({ name: "ObjectDamaged" });
    }
  });

  it("answers undefined when there is no such object, whatever the slice", async () => {
    const { objects } = get();
    for (const length of [0, 1, 100]) {
      const slice = { object: freshName(), offset: 0, length };
      expect(await objects.read(slice, never)).toBeUndefined();
      for (const flow of WAYS) expect(await flow(objects, slice, never)).toBeUndefined();
    }
  });
}

export function stoppedReads(get: () => Fixture): void {
  const bytes = pattern(3 * MIB);
  let object: ObjectName;
  beforeAll(async () => {
    object = freshName();
    await get().objects.put(object, bytes, undefined, never);
  });

  it.each(WAYS)(
    "gives a stream's file or connection back when its reader stops: before, within, at the end, by signal (way %#)",
    async (flow) => {
      const { objects, handles } = get();
      const slice = { object, offset: 0, length: bytes.byteLength };
      const before = await handles();
      for (let i = 0; i < 10; i += 1) {
        const abort = new AbortController();
        const [unread, begun, ended, aborted] = await Promise.all([
          iterate(await flow(objects, slice, never)),
          iterate(await flow(objects, slice, never)),
          iterate(await flow(objects, slice, never)),
          iterate(await flow(objects, slice, abort.signal)),
        ]);
        await unread.return?.();
        await begun.next();
        await begun.return?.();
        while (!(await ended.next()).done);
        await aborted.next();
        abort.abort();
      }
      await vi.waitFor(async () => expect(await handles()).toBeLessThanOrEqual(before), { timeout: 10_000 });
    },
  );

  it("fails a read and a stream with the reason of their signal", async () => {
    const { objects } = get();
    const slice = { object, offset: 0, length: bytes.byteLength };
    const reason = new Error("went away");
    await expect(objects.read(slice, AbortSignal.abort(reason))).rejects.toBe(reason);
    for (const flow of WAYS) {
      await expect(flow(objects, slice, AbortSignal.abort(reason))).rejects.toBe(reason);
      const abort = new AbortController();
      const chunks = await iterate(await flow(objects, slice, abort.signal));
      await chunks.next();
      abort.abort(reason);
      const rest = async () => {
        while (!(await chunks.next()).done);
      };
      await expect(rest()).rejects.toBe(reason);
    }
  });
}
