import { afterEach, expect, it, vi } from "vitest";
import { inBlocks } from "./in-blocks.ts";

const KIB = 1_024;
const BLOCK = 512 * KIB;

afterEach(() => void vi.restoreAllMocks());

/** As Node's parser of requests gives them: each chunk with memory of its own. */
const chunkOf = (length: number, fill: number): Buffer => Buffer.allocUnsafeSlow(length).fill(fill);

async function* flowing(chunks: Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* chunks;
}

/** What a reader sees who looks at a block before the next one is asked for. */
async function read(blocks: AsyncIterable<Uint8Array>) {
  const seen: { readonly block: Uint8Array; readonly bytes: Buffer }[] = [];
  for await (const block of blocks) seen.push({ block, bytes: Buffer.from(block) });
  return { memories: new Set(seen.map(({ block }) => block.buffer)), bytes: seen.map(({ bytes }) => bytes) };
}

it("passes all bytes on, in full blocks and one that may be shorter, in the same memory", async () => {
  const lengths = [1, 64 * KIB, 3 * BLOCK + 7, 0, 100, BLOCK];
  const chunks = lengths.map((length, at) => chunkOf(length, at + 1));
  const sent = Buffer.concat(chunks);
  const { memories, bytes } = await read(inBlocks(flowing(chunks)));
  expect(Buffer.concat(bytes).equals(sent)).toBe(true);
  expect(bytes.slice(0, -1).map(({ length }) => length)).toEqual(Array(4).fill(BLOCK));
  expect(memories.size).toBe(1);
});

it("takes no more memory than a body has bytes", async () => {
  const { memories, bytes } = await read(inBlocks(flowing([chunkOf(70_000, 1)]), 70_000));
  expect(bytes).toHaveLength(1);
  expect([...memories].map(({ byteLength }) => byteLength)).toEqual([70_000]);
});

it("frees each chunk before it asks for the next one, but no memory that others share", async () => {
  const own = [chunkOf(64 * KIB, 1), chunkOf(64 * KIB, 2)];
  const shared = chunkOf(64 * KIB, 3);
  const left: number[] = [];
  async function* source() {
    for (const chunk of [...own, shared.subarray(1)]) {
      yield chunk;
      left.push(chunk.byteLength);
    }
  }
  const { bytes } = await read(inBlocks(source()));
  expect(Buffer.concat(bytes)).toHaveLength(3 * 64 * KIB - 1);
  expect(left).toEqual([0, 0, 64 * KIB - 1]);
});

it("passes on what came slowly before the block is full", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  async function* slow() {
    for (const length of [10, 20, 30, 40]) {
      yield chunkOf(length, 1);
      now += 300;
    }
  }
  const { bytes } = await read(inBlocks(slow()));
  expect(bytes.map(({ length }) => length)).toEqual([60, 40]);
});

it("lets no chunk of a slow body wait for the one behind it", async () => {
  let now = 0;
  vi.spyOn(performance, "now").mockImplementation(() => now);
  async function* slow() {
    for (let count = 1; count <= 3; count++) {
      now += 15_000;
      yield chunkOf(count, 1);
    }
  }
  const passed: number[] = [];
  for await (const { length } of inBlocks(slow())) passed.push(length, now);
  expect(passed).toEqual([1, 15_000, 2, 30_000, 3, 45_000]);
});

it("passes on the failure of its source, and that its reader has left", async () => {
  let closed = false;
  async function* source() {
    try {
      yield chunkOf(BLOCK, 1);
      throw new Error("broken on purpose");
    } finally {
      closed = true;
    }
  }
  await expect(read(inBlocks(source()))).rejects.toThrow("broken on purpose");
  closed = false;
  for await (const _ of inBlocks(source())) break;
  expect(closed).toBe(true);
});
