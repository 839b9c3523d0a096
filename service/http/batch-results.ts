import type { Result } from "../domain/batch.ts";
import type { Place } from "../domain/entry.ts";
import { Failure } from "../domain/fault.ts";
import { bytesOf, isRead, readEntry } from "../domain/reads.ts";
import type { Bytes } from "../domain/stores.ts";
import type { Stores } from "../domain/writes.ts";
import { entryView } from "./entry-view.ts";
import { DEFECT, expiredView, problem, problemOf } from "./problems.ts";

/** What the results of a batch are written with. */
export interface ResultWriter {
  readonly stores: Stores;
  readonly requestId: string;
  readonly signal: AbortSignal;
  /** Tells the operator what the caller must not see. */
  readonly report: (error: unknown, requestId: string) => void;
}

/** Small values that are read ahead of the one that is sent. */
const READ_AHEAD = 64;
/** Bytes that are gathered before they are sent: many results are small. */
const CHUNK_BYTES = 65_536;

/** The answer to a batch, `{"results": […]}`, as it grows: values are read while others are sent. */
export async function* resultsBody(results: readonly Result[], writer: ResultWriter): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let length = 0;
  const full = (piece: Uint8Array): boolean => {
    pieces.push(piece);
    length += piece.length;
    return length >= CHUNK_BYTES;
  };
  const taken = (): Uint8Array => {
    const chunk = Buffer.concat(pieces);
    [pieces, length] = [[], 0];
    return chunk;
  };
  full(BEGIN);
  let separator = NOTHING;
  for await (const part of readAhead(results, writer)) {
    full(separator);
    separator = SEPARATOR;
    // What is whole needs no generator, each turn of which costs as much as a result.
    if (part instanceof Uint8Array) {
      if (full(part)) yield taken();
    } else for await (const piece of part()) if (full(piece)) yield taken();
  }
  full(RESULTS_END);
  yield taken();
}

const BEGIN = Buffer.from('{"results":[');
const NOTHING = Buffer.alloc(0);
const SEPARATOR = Buffer.from(",\n");
const RESULTS_END = Buffer.from("]}");

/** A result in one piece, or one that opens its value only when its turn has come. */
type Part = Uint8Array | (() => AsyncIterable<Uint8Array>);

/** The results in their order; reading some of them ahead hides how long the object store takes for each. */
async function* readAhead(results: readonly Result[], writer: ResultWriter): AsyncGenerator<Part> {
  const coming: Promise<Part>[] = [];
  for (const result of results) {
    coming.push(partOf(result, writer));
    const first = coming.length > READ_AHEAD ? coming.shift() : undefined;
    if (first) yield await first;
  }
  for (const part of coming) yield await part;
}

/** Never fails: what goes wrong with one result is told in its place. */
async function partOf(result: Result, writer: ResultWriter): Promise<Part> {
  switch (result.kind) {
    case "written":
      return printed({ status: 200, entry: entryView(result.entry, writer.stores.objects) });
    case "deleted":
      return printed({ status: 200, deleted: result.deleted });
    case "failed":
      return failed(result.error, writer);
    case "found":
      if (!isRead(result.entry)) return () => streamed(result, writer);
      return valueIn(result, writer).catch((error: unknown) => failed(error, writer));
  }
}

type FoundResult = Result & { readonly kind: "found" };

async function valueIn(found: FoundResult, writer: ResultWriter): Promise<Uint8Array> {
  const { start, bytes } = await opened(found, writer);
  const pieces: Uint8Array[] = [start];
  if (bytes instanceof Uint8Array) pieces.push(bytes);
  else for await (const piece of bytes) pieces.push(piece);
  return Buffer.concat([...pieces, END]);
}

async function* streamed(found: FoundResult, writer: ResultWriter): AsyncGenerator<Uint8Array> {
  let value: Awaited<ReturnType<typeof opened>>;
  try {
    value = await opened(found, writer);
  } catch (error) {
    yield failed(error, writer);
    return;
  }
  yield value.start;
  if (value.bytes instanceof Uint8Array) yield value.bytes;
  else yield* value.bytes;
  yield END;
}

/** The beginning of a result and its value's bytes: of the entry that was found, unless its object has gone since. */
async function opened({ entry, peek }: FoundResult, { stores, signal }: ResultWriter) {
  const present = await bytesOf(stores, entry.slice, signal);
  const value: { entry: typeof entry; bytes: Bytes } = present
    ? { entry, bytes: present }
    : await readEntry(stores, placeOf(entry), peek, signal);
  const view = JSON.stringify(entryView(value.entry, stores.objects));
  return { start: Buffer.from(`{"status":200,"entry":${view},"value":`), bytes: value.bytes };
}

const END = Buffer.from("}");

const placeOf = ({ tenant, namespace, key }: Place): Place => ({ tenant, namespace, key });

function failed(error: unknown, { requestId, report }: ResultWriter): Uint8Array {
  report(error, requestId);
  if (!(error instanceof Failure)) return printed({ status: 500, problem: problem("internal", DEFECT, requestId) });
  const { fault } = error;
  if (fault.kind === "expired") return printed({ status: 410, expired: expiredView(fault, requestId) });
  const told = problemOf(fault, requestId);
  return printed({ status: told.status, problem: told });
}

const printed = (result: object): Uint8Array => Buffer.from(JSON.stringify(result));
