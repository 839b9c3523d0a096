import { createHash } from "node:crypto";
import { setMaxListeners } from "node:events";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Key } from "../domain/key.ts";
import type { NamespaceName, Tenant } from "../domain/namespace.ts";
import { newObjectName, type ObjectName } from "../domain/object.ts";
import type { Bytes, Objects } from "../domain/stores.ts";

const MIB = 1_024 * 1_024;
const never = new AbortController().signal;
// Many calls share it; without this Node.js takes that for a leak.
setMaxListeners(0, never);

/** An open store, and what a test may look at behind its back. */
export interface Fixture {
  readonly objects: Objects;
  /** What unfinished uploads of an object have left: temporary files, open multipart uploads. */
  leftovers(object: ObjectName): Promise<readonly string[]>;
  /** Open files or connections of this process. */
  handles(): Promise<number>;
  close(): Promise<void>;
}

/** What every `Objects` must do. The file system and MinIO run this one list, so neither can drift. */
export function describeObjects(name: string, open: () => Promise<Fixture>): void {
  describe(`objects in ${name}`, () => {
    let fixture: Fixture;
    const get = () => fixture;
    beforeAll(async () => {
      fixture = await open();
    });
    afterAll(() => fixture?.close());
    describe("round trip", () => roundTrips(get));
    describe("visibility", () => visibility(get));
    describe("names", () => names(get));
    describe("a put that fails", () => failingPuts(get));
    describe("a put that is aborted", () => abortedPuts(get));
    describe("reading", () => reads(get));
    describe("a reader that stops", () => stoppedReads(get));
    describe("deleting", () => deletes(get));
    describe("listing", () => lists(get));
  });
}

function roundTrips(get: () => Fixture): void {
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

function visibility(get: () => Fixture): void {
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

function names(get: () => Fixture): void {
  it.each([
    ["percent signs as they are", "main/a/_kv/caf%C3%A9%2Ftest-00/x.json"],
    ["what looks encoded twice", "main/a/_kv/%252E%25/x.json"],
    ["a plus and a blank, which queries confuse", "main/a/_kv/a+b c-00/x.json"],
    ["what encodeURIComponent leaves", "main/a/_kv/(it's)*!~-_.-00/x.json"],
    ["what separates in URLs", "main/a/_kv/&=?#@:;,$[]-00/x.json"],
    ["letters beyond ASCII", "main/a/_kv/é日本😀-00/x.json"],
    ["quotes and angle brackets, which XML minds", 'main/a/_kv/<"&amp;">-00/x.json'],
  ])("takes %s", async (_, name) => {
    const { objects } = get();
    const object = name as ObjectName;
    await objects.put(object, Buffer.from("here"), undefined, never);
    await objects.put(`${name}.2` as ObjectName, inChunks(pattern(8 * MIB + 1)), undefined, never);
    expect(await textOf(objects, object, 4)).toBe("here");
    expect(await namesOf(objects, name)).toEqual([name, `${name}.2`]);
    await objects.delete(object);
    expect(await namesOf(objects, name)).toEqual([`${name}.2`]);
  });

  it("takes the longest name there is: 255 bytes in a segment, 1,024 in all", async () => {
    const { objects } = get();
    const segment = "s".repeat(255);
    const object = [segment, segment, segment, "t".repeat(250), ".".padStart(5, "u")].join("/") as ObjectName;
    expect(Buffer.byteLength(object)).toBe(1_024);
    await objects.put(object, Buffer.from("here"), undefined, never);
    expect(await textOf(objects, object, 4)).toBe("here");
    expect(await namesOf(objects, segment)).toEqual([object]);
  });

  it.each([
    "../up",
    "a/../../up",
    "a//b",
    "/etc/passwd",
    "a/.",
    ".tmp/x",
    "",
    "a/",
    "a\\b",
    "a\u0000b",
    "s".repeat(256),
  ])("refuses %j as a name", async (name) => {
    const { objects } = get();
    const object = name as ObjectName;
    const attempts = [
      async () => objects.put(object, Buffer.from("x"), undefined, never),
      async () => objects.read({ object, offset: 0, length: 1 }, never),
      async () => objects.stream({ object, offset: 0, length: 1 }, never),
      async () => objects.delete(object),
    ];
    for (const attempt of attempts) await expect(attempt()).rejects.toThrow("Not an object's name");
  });

  it("tells where an object lies", () => {
    const object = freshName();
    expect(new URL(get().objects.uriOf(object)).href).toContain("/_kv/");
  });
}

const LENGTHS = [
  { what: "100 bytes", length: 100 },
  { what: "1 MiB", length: MIB },
  { what: "20 MiB", length: 20 * MIB },
];

function failingPuts(get: () => Fixture): void {
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

function abortedPuts(get: () => Fixture): void {
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

function reads(get: () => Fixture): void {
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
    const chunks = await objects.stream({ object, offset, length }, never);
    expect(sha256(await concat(chunks))).toBe(expected);
  });

  it.each([
    { what: "reaches beyond the end", offset: bytes.byteLength - 1, length: 2 },
    { what: "begins beyond the end", offset: bytes.byteLength + 1, length: 1 },
  ])("fails, and does not shorten, when the slice $what", async ({ offset, length }) => {
    const { objects } = get();
    await expect(objects.read({ object, offset, length }, never)).rejects.toMatchObject({ name: "ObjectDamaged" });
    const streamed = async () => concat(await objects.stream({ object, offset, length }, never));
    await expect(streamed()).rejects.toMatchObject({ name: "ObjectDamaged" });
  });

  it("answers undefined when there is no such object, whatever the slice", async () => {
    const { objects } = get();
    for (const length of [0, 1, 100]) {
      const slice = { object: freshName(), offset: 0, length };
      expect(await objects.read(slice, never)).toBeUndefined();
      expect(await objects.stream(slice, never)).toBeUndefined();
    }
  });
}

function stoppedReads(get: () => Fixture): void {
  const bytes = pattern(3 * MIB);
  let object: ObjectName;
  beforeAll(async () => {
    object = freshName();
    await get().objects.put(object, bytes, undefined, never);
  });

  it("gives a stream's file or connection back when its reader stops: before, within, at the end, by signal", async () => {
    const { objects, handles } = get();
    const slice = { object, offset: 0, length: bytes.byteLength };
    const before = await handles();
    for (let i = 0; i < 10; i += 1) {
      const abort = new AbortController();
      const [unread, begun, ended, aborted] = await Promise.all([
        iterate(await objects.stream(slice, never)),
        iterate(await objects.stream(slice, never)),
        iterate(await objects.stream(slice, never)),
        iterate(await objects.stream(slice, abort.signal)),
      ]);
      await unread.return?.();
      await begun.next();
      await begun.return?.();
      while (!(await ended.next()).done);
      await aborted.next();
      abort.abort();
    }
    await vi.waitFor(async () => expect(await handles()).toBeLessThanOrEqual(before), { timeout: 10_000 });
  });

  it("fails a read and a stream with the reason of their signal", async () => {
    const { objects } = get();
    const slice = { object, offset: 0, length: bytes.byteLength };
    const reason = new Error("went away");
    await expect(objects.read(slice, AbortSignal.abort(reason))).rejects.toBe(reason);
    await expect(objects.stream(slice, AbortSignal.abort(reason))).rejects.toBe(reason);
    const abort = new AbortController();
    const chunks = await iterate(await objects.stream(slice, abort.signal));
    await chunks.next();
    abort.abort(reason);
    const rest = async () => {
      while (!(await chunks.next()).done);
    };
    await expect(rest()).rejects.toBe(reason);
  });
}

function deletes(get: () => Fixture): void {
  it("removes an object, and is content when it is gone or was never there", async () => {
    const { objects } = get();
    const object = freshName();
    await objects.put(object, Buffer.from("here"), undefined, never);
    await objects.delete(object);
    expect(await objects.read({ object, offset: 0, length: 4 }, never)).toBeUndefined();
    await objects.delete(object);
    await objects.delete(freshName("never there"));
    expect(await namesOf(objects, object)).toEqual([]);
  });

  it("takes turns with puts of the same key without losing one", async () => {
    const { objects } = get();
    for (let round = 0; round < 20; round += 1) {
      const folder = `main/turns/_kv/key-${round}`;
      const at = (i: number) => `${folder}/${i}.json` as ObjectName;
      await objects.put(at(0), Buffer.from("0"), undefined, never);
      await Promise.all([
        objects.delete(at(0)),
        ...[1, 2, 3].map((i) => objects.put(at(i), Buffer.from(`${i}`), undefined, never)),
      ]);
      expect(await namesOf(objects, folder)).toEqual([1, 2, 3].map(at));
    }
  });
}

function lists(get: () => Fixture): void {
  const COUNT = 1_203;
  // In byte order: "-" before "." before "/" before digits, "Z" before "a".
  const SIBLINGS = ["list/a-b/1", "list/a.b/1", "list/a/1", "list/a/2", "list/a0/1", "list/aZ", "list/aa"];
  const numbered = Array.from({ length: COUNT }, (_, i) => `list/many/${i}`).sort();
  beforeAll(async () => {
    const { objects } = get();
    const all = [...SIBLINGS, ...numbered, "listed/1"].reverse();
    for (let i = 0; i < all.length; i += 32) {
      const batch = all.slice(i, i + 32) as ObjectName[];
      await Promise.all(batch.map((name) => objects.put(name, Buffer.from("x"), undefined, never)));
    }
  });

  it("names all that begins with the prefix, in byte order, across pages", async () => {
    const { objects } = get();
    expect(await namesOf(objects, "list/")).toEqual([...SIBLINGS, ...numbered]);
    expect(await namesOf(objects, "list/many/")).toEqual(numbered);
    expect(await namesOf(objects, "list")).toEqual([...SIBLINGS, ...numbered, "listed/1"]);
    expect(await namesOf(objects, "list/a.")).toEqual(["list/a.b/1"]);
    expect(await namesOf(objects, "nothing here/")).toEqual([]);
  });

  it.each([
    { after: "list/a/1", first: "list/a/2" },
    { after: "list/a/", first: "list/a/1" },
    { after: "list/a", first: "list/a-b/1" },
    { after: "list/a/9", first: "list/a0/1" },
    { after: "list/aa", first: numbered[0] },
    { after: "a", first: "list/a-b/1" },
    { after: "list/many/999", first: undefined },
    { after: "zzz", first: undefined },
  ])("goes on after $after", async ({ after, first }) => {
    const { objects } = get();
    const all = [...SIBLINGS, ...numbered];
    const rest = await namesOf(objects, "list/", after);
    expect(rest).toEqual(first === undefined ? [] : all.slice(all.indexOf(first)));
  });

  it("may be left in the middle", async () => {
    const { objects } = get();
    for await (const name of objects.list("list/")) {
      expect(name).toBe(SIBLINGS[0]);
      break;
    }
  });
}

/** A name as the service makes them. */
const freshName = (key = "key"): ObjectName =>
  newObjectName({ tenant: "main" as Tenant, namespace: "company.team" as NamespaceName, key: key as Key });

/** Bytes that differ from place to place, so that a part in the wrong place shows. */
function pattern(length: number): Buffer {
  const bytes = Buffer.allocUnsafe(length);
  for (let i = 0; i < length; i += 1) bytes[i] = (i * 31 + (i >>> 8) * 17 + (i >>> 16) * 7) & 0xff;
  return bytes;
}

async function* inChunks(bytes: Uint8Array, length = 65_536): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += length) yield bytes.subarray(at, at + length);
}

async function* breaking(sent: number, error: Error): AsyncGenerator<Uint8Array> {
  yield* inChunks(pattern(sent));
  throw error;
}

async function* thenStuck(sent: number, then: () => void): AsyncGenerator<Uint8Array> {
  yield* inChunks(pattern(sent));
  then();
  await new Promise(() => undefined);
}

async function* endingWith(length: number, then: () => void): AsyncGenerator<Uint8Array> {
  yield* inChunks(pattern(length));
  then();
}

function afterTurns(turns: number, then: () => void): void {
  if (turns === 0) then();
  else setImmediate(() => afterTurns(turns - 1, then));
}

function gate(): { opened: Promise<void>; open: () => void } {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

async function iterate(chunks: AsyncIterable<Uint8Array> | undefined): Promise<AsyncIterator<Uint8Array>> {
  if (!chunks) throw new Error("No such object.");
  return chunks[Symbol.asyncIterator]();
}

async function concat(chunks: AsyncIterable<Uint8Array> | undefined): Promise<Buffer> {
  const all: Uint8Array[] = [];
  if (!chunks) throw new Error("No such object.");
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}

async function hashOf(objects: Objects, object: ObjectName, length: number): Promise<string> {
  return sha256(await concat(await objects.stream({ object, offset: 0, length }, never)));
}

async function textOf(objects: Objects, object: ObjectName, length: number): Promise<string | undefined> {
  const bytes = await objects.read({ object, offset: 0, length }, never);
  return bytes && Buffer.from(bytes).toString();
}

async function namesOf(objects: Objects, prefix: string, after?: string): Promise<string[]> {
  const found: string[] = [];
  for await (const name of objects.list(prefix, after)) found.push(name);
  return found;
}
