import { fstatSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { DurableNodeFS } from "./durable-fs.ts";
import type { FileOperations, Stream } from "./file-lengths.ts";

type Open = Stream & { readonly fd: number; readonly stream_ops: FileOperations["stream_ops"] };

/** Emscripten's file system, as far as it is used here. */
interface Files {
  mkdir(path: string): void;
  open(path: string, flags: string): Open;
  close(stream: Open): void;
  write(stream: Stream, from: Uint8Array, offset: number, length: number, position?: number): number;
  llseek(stream: Stream, offset: number, whence: number): number;
  truncate(path: string, length: number): void;
  ftruncate(descriptor: number, length: number): void;
  rename(from: string, to: string): void;
  unlink(path: string): void;
}

const SEEK_END = 2;
const SCRATCH = "/pglite/data/scratch";

let folder: string;
let pglite: PGlite;
let files: Files;
/** Each answer that was remembered or asked for, beside the truth. */
let seen: { readonly answer: number; readonly truth: number }[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "nskv-lengths-"));
  pglite = await PGlite.create({ fs: new DurableNodeFS(join(folder, "data"), () => undefined) });
  files = (pglite as unknown as { Module: { FS: Files } }).Module.FS;
  files.mkdir(SCRATCH);
  const any = files.open(`${SCRATCH}/any`, "w+");
  const operations = any.stream_ops; // those of all files of this file system
  files.close(any);
  const seek = operations.llseek;
  operations.llseek = (stream, offset, whence) => {
    const answer = seek(stream, offset, whence);
    if (whence === SEEK_END) seen.push({ answer, truth: fstatSync(stream.nfd).size + offset });
    return answer;
  };
}, 60_000);
beforeEach(() => {
  seen = [];
});
afterAll(async () => {
  await pglite.close();
  await rm(folder, { recursive: true, force: true });
});

const wrong = () => seen.filter(({ answer, truth }) => answer !== truth);

/** All by which Postgres makes a file longer, shorter or another one. */
const WORK = [
  "CREATE TABLE things (id int PRIMARY KEY, name text)",
  "INSERT INTO things SELECT i, repeat('x', 200) FROM generate_series(1, 5000) i",
  "CREATE INDEX things_by_name ON things (name, id)",
  "UPDATE things SET name = name || id WHERE id % 2 = 0",
  "DELETE FROM things WHERE id > 1000",
  "VACUUM things",
  "INSERT INTO things SELECT i, repeat('y', 500) FROM generate_series(1001, 4000) i",
  "VACUUM FULL things",
  "REINDEX TABLE things",
  "TRUNCATE things",
  "INSERT INTO things SELECT i, 'z' FROM generate_series(1, 3000) i",
  "ALTER TABLE things ADD COLUMN at timestamptz NOT NULL DEFAULT clock_timestamp()",
  "CLUSTER things USING things_by_name",
  "CHECKPOINT",
  "DROP TABLE things",
];

it("says of each file what the disk says, whatever Postgres does to it", async () => {
  for (const text of WORK) await pglite.exec(text);
  expect(wrong()).toEqual([]);
  expect(seen.length).toBeGreaterThan(500);
});

const NAMES = ["a", "b", "c"];
const name = fc.constantFrom(...NAMES);
const length = fc.oneof(fc.constant(0), fc.nat(20_000));
const step = fc.oneof(
  fc.record({ kind: fc.constant("open"), name, flags: fc.constantFrom("w+", "r+", "a+") }),
  fc.record({ kind: fc.constant("write"), which: fc.nat(9), at: fc.option(length), length }),
  fc.record({ kind: fc.constant("truncate"), name, length }),
  fc.record({ kind: fc.constant("ftruncate"), which: fc.nat(9), length }),
  fc.record({ kind: fc.constant("rename"), name, to: name }),
  fc.record({ kind: fc.constant("unlink"), name }),
  fc.record({ kind: fc.constant("close"), which: fc.nat(9) }),
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

it("says it of files that are open twice, cut off, renamed, replaced and removed", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      seen = [];
      const open: Open[] = [];
      for (const one of steps) {
        take(one, open);
        for (const stream of open) for (const offset of [0, 7]) files.llseek(stream, offset, SEEK_END);
      }
      for (const stream of open) files.close(stream);
      expect(wrong()).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

/** What makes no sense at the moment, such as to cut off what is not there, is refused and changes nothing. */
function take(one: Step, open: Open[]): void {
  const path = "name" in one ? `${SCRATCH}/${one.name}` : "";
  const stream = "which" in one ? open[one.which % open.length] : undefined;
  try {
    if (one.kind === "open") open.push(files.open(path, one.flags));
    if (one.kind === "truncate") files.truncate(path, one.length);
    if (one.kind === "rename") files.rename(path, `${SCRATCH}/${one.to}`);
    if (one.kind === "unlink") files.unlink(path);
    if (!stream) return;
    if (one.kind === "write") files.write(stream, new Uint8Array(one.length), 0, one.length, one.at ?? undefined);
    if (one.kind === "ftruncate") files.ftruncate(stream.fd, one.length);
    if (one.kind === "close") {
      files.close(stream);
      open.splice(open.indexOf(stream), 1);
    }
  } catch (error) {
    if (!(typeof error === "object" && error !== null && "errno" in error)) throw error;
  }
}
