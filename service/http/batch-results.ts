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
  const chunk = new Chunk();
  chunk.add('{"results":[');
  const next = readAhead(results, writer);
  for (let index = 0; index < results.length; index++) {
    if (index > 0) chunk.add(",\n");
    const coming = next();
    // Of a write all is known: a promise for each costs as much as its text.
    const part = coming instanceof Promise ? await coming : coming;
    if (typeof part !== "function") chunk.add(part);
    else
      for await (const piece of part()) {
        chunk.add(piece);
        if (chunk.isFull()) yield chunk.taken();
      }
    if (chunk.isFull()) yield chunk.taken();
  }
  chunk.add("]}");
  yield chunk.taken();
}

/** Texts and bytes that are sent together. */
class Chunk {
  #pieces: Uint8Array[] = [];
  #text = "";
  #length = 0;

  add(piece: string | Uint8Array): void {
    this.#length += piece.length;
    if (typeof piece === "string") this.#text += piece;
    else {
      this.#endText();
      this.#pieces.push(piece);
    }
  }

  isFull(): boolean {
    return this.#length >= CHUNK_BYTES;
  }

  taken(): Uint8Array {
    this.#endText();
    const all = Buffer.concat(this.#pieces);
    this.#pieces = [];
    this.#length = 0;
    return all;
  }

  #endText(): void {
    if (this.#text !== "") this.#pieces.push(Buffer.from(this.#text));
    this.#text = "";
  }
}

/** A result in one piece, or one that opens its value only when its turn has come. */
type Part = string | Uint8Array | (() => AsyncIterable<Uint8Array>);

/** Gives the results in their order; reading some of them ahead hides how long the object store takes for each. */
function readAhead(results: readonly Result[], writer: ResultWriter): () => Part | Promise<Part> {
  const coming: (Part | Promise<Part>)[] = [];
  const rest = results.values();
  return () => {
    while (coming.length <= READ_AHEAD) {
      const { done, value } = rest.next();
      if (done) break;
      coming.push(partOf(value, writer));
    }
    return coming.shift() as Part | Promise<Part>;
  };
}

/** Never fails: what goes wrong with one result is told in its place. */
function partOf(result: Result, writer: ResultWriter): Part | Promise<Part> {
  switch (result.kind) {
    case "written":
      return JSON.stringify({ status: 200, entry: entryView(result.entry, writer.stores.objects) });
    case "deleted":
      return JSON.stringify({ status: 200, deleted: result.deleted });
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
    yield Buffer.from(failed(error, writer));
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

function failed(error: unknown, { requestId, report }: ResultWriter): string {
  report(error, requestId);
  if (!(error instanceof Failure))
    return JSON.stringify({ status: 500, problem: problem("internal", DEFECT, requestId) });
  const { fault } = error;
  if (fault.kind === "expired") return JSON.stringify({ status: 410, expired: expiredView(fault, requestId) });
  const told = problemOf(fault, requestId);
  return JSON.stringify({ status: told.status, problem: told });
}
