import { expect, it, vi } from "vitest";
import type { Bytes } from "../domain/stores.ts";
import type { Fixture } from "./objects.suite.ts";
import {
  afterTurns,
  breaking,
  endingWith,
  freshName,
  gate,
  hashOf,
  inChunks,
  inLentChunks,
  MIB,
  namesOf,
  never,
  pattern,
  sha256,
  textOf,
  thenStuck,
} from "./suite-bytes.ts";

export function roundTrips(get: () => Fixture): void {
  it.each([
    { what: "nothing", length: 0 },
    { what: "1 byte", length: 1 },
    { what: "100 bytes", length: 100 },
    { what: "exactly one part", length: 8 * MIB },
    { what: "one part and a byte", length: 8 * MIB + 1 },
    { what: "20 MiB and 3 bytes", length: 20 * MIB + 3 },
  ])("$what comes back from memory, from a flow of known and one of unknown size", async ({ length }) => {
    const { objects } = get();
    const bytes = pattern(length);
    const ways: [Bytes, number | undefined][] = [
      [bytes, undefined],
      [bytes, length],
      [inChunks(bytes), length],
      [inChunks(bytes), undefined],
      [inLentChunks(bytes), length],
      [inLentChunks(bytes, 500_000), undefined],
    ];
    for (const [body, size] of ways) {
      const object = freshName();
      expect(await objects.put(object, body, size, never)).toBe(length);
      expect(await hashOf(objects, object, length)).toBe(sha256(bytes));
      if (length <= 100)
        expect(await objects.read({ object, offset: 0, length }, never)).toEqual(new Uint8Array(bytes));
    }
  });

  it("takes chunks of a single byte and empty ones", async () => {
    const { objects } = get();
    const object = freshName();
    const bytes = pattern(70_000);
    async function* crumbs() {
      for (let i = 0; i < bytes.byteLength; i += 1) {
        if (i % 1_000 === 0) yield new Uint8Array();
        yield bytes.subarray(i, i + 1);
      }
    }
    expect(await objects.put(object, crumbs(), undefined, never)).toBe(70_000);
    expect(await hashOf(objects, object, 70_000)).toBe(sha256(bytes));
  });
}

export function visibility(get: () => Fixture): void {
  it("shows an object only when it is whole", async () => {
    const { objects } = get();
    const object = freshName();
    const slice = { object, offset: 0, length: 300_000 };
    const step = gate();
    async function* slow() {
      yield pattern(299_999);
      await step.opened;
      yield new Uint8Array(1);
    }
    const put = objects.put(object, slow(), 300_000, never);
    for (let poll = 0; poll < 20; poll += 1) expect(await objects.read(slice, never)).toBeUndefined();
    expect(await namesOf(objects, object)).toEqual([]);
    step.open();
    await put;
    expect((await objects.read(slice, never))?.byteLength).toBe(300_000);
  });

  it("keeps many small objects apart that are written at once", async () => {
    const { objects } = get();
    const written = await Promise.all(
      Array.from({ length: 100 }, async (_, i) => {
        const object = freshName(`key-${i % 7}`);
        await objects.put(object, Buffer.from(`value ${i}`), undefined, never);
        return { object, text: `value ${i}` };
      }),
    );
    for (const { object, text } of written) expect(await textOf(objects, object, text.length)).toBe(text);
  });
}

const LENGTHS = [
  { what: "100 bytes", length: 100 },
  { what: "1 MiB", length: MIB },
  { what: "20 MiB", length: 20 * MIB },
];

export function failingPuts(get: () => Fixture): void {
  it.each(LENGTHS)("leaves nothing when the source of $what breaks half-way or at its very end", async ({ length }) => {
    const { objects, leftovers } = get();
    const broken = new Error("broken on purpose");
    for (const size of [length, undefined]) {
      for (const sent of [0, length / 2, length]) {
        const object = freshName();
        await expect(objects.put(object, breaking(sent, broken), size, never)).rejects.toBe(broken);
        expect(await namesOf(objects, object)).toEqual([]);
        expect(await leftovers(object)).toEqual([]);
      }
    }
  });

  it.each(LENGTHS)("leaves nothing when $what are fewer or more than promised", async ({ length }) => {
    const { objects, leftovers } = get();
    for (const size of [length + 1, length - 1, 0]) {
      for (const body of [pattern(length), inChunks(pattern(length)), inChunks(pattern(length), length)]) {
        const object = freshName();
        const put = objects.put(object, body, size, never);
        await expect(put).rejects.toMatchObject({ fault: { kind: "upload_incomplete" } });
        expect(await namesOf(objects, object)).toEqual([]);
        expect(await leftovers(object)).toEqual([]);
      }
    }
  });

  it("closes a source that it does not read to its end", async () => {
    const { objects } = get();
    let closed = false;
    async function* source() {
      try {
        while (true) yield new Uint8Array(400_000);
      } finally {
        closed = true;
      }
    }
    await expect(objects.put(freshName(), source(), 500_000, never)).rejects.toThrow();
    await vi.waitFor(() => expect(closed).toBe(true));
  });
}

export function abortedPuts(get: () => Fixture): void {
  it("does nothing when the signal has aborted before", async () => {
    const { objects } = get();
    const object = freshName();
    const reason = new Error("went away");
    for (const body of [pattern(10), inChunks(pattern(10))]) {
      await expect(objects.put(object, body, undefined, AbortSignal.abort(reason))).rejects.toBe(reason);
    }
    expect(await namesOf(objects, object)).toEqual([]);
  });

  it.each(LENGTHS)("leaves nothing of $what, wherever it stood, though its source is stuck", async ({ length }) => {
    const { objects, leftovers } = get();
    for (const size of [length, undefined]) {
      for (const sent of [0, length / 2, length]) {
        const object = freshName();
        const abort = new AbortController();
        const reason = new Error("went away");
        const body = thenStuck(sent, () => setTimeout(() => abort.abort(reason)));
        await expect(objects.put(object, body, size, abort.signal)).rejects.toBe(reason);
        expect(await namesOf(objects, object)).toEqual([]);
        expect(await leftovers(object)).toEqual([]);
      }
    }
  });

  it.each(LENGTHS)(
    "leaves nothing of $what when its last byte has been taken already, or keeps it whole",
    async ({ length }) => {
      const { objects, leftovers } = get();
      for (const size of [length, undefined]) {
        for (const turns of [0, 1, 3, 10]) {
          const object = freshName();
          const abort = new AbortController();
          const reason = new Error("went away");
          const put = objects.put(
            object,
            endingWith(length, () => afterTurns(turns, () => abort.abort(reason))),
            size,
            abort.signal,
          );
          const outcome = await put.catch((error) => error);
          expect([reason, length]).toContain(outcome);
          expect(await namesOf(objects, object)).toEqual(outcome === reason ? [] : [object]);
          expect(await leftovers(object)).toEqual([]);
        }
      }
    },
  );
}
