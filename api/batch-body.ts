import { type EntryFields, withValue } from "./client.ts";
import { BATCH_BYTES_MAX, BATCH_OPERATIONS_MAX } from "./limits.ts";
import type { Call } from "./transport.ts";

/** What a batch asks for, as it is written into the body of one request. */

/** What must hold for a write to happen. */
export type Only = "always" | "if-absent" | "if-present" | { readonly etag: string };

/** A write among others. A put says all there is: a field that is left out is cleared. */
export type BatchWrite =
  | {
      readonly op: "put";
      readonly key: string;
      readonly fields: EntryFields & { readonly value: string };
      readonly only: Only;
      readonly idempotencyKey: string;
    }
  | {
      readonly op: "delete";
      readonly key: string;
      readonly only: Exclude<Only, "if-absent">;
      readonly idempotencyKey: string;
    };

/** What surrounds the operations of a batch, and what separates them. */
const FRAME_BYTES = 64;
const SEPARATOR = ",\n";

export function batchCall(namespace: string, operations: readonly string[], atomic: boolean): Call {
  return {
    method: "POST",
    path: `/namespaces/${encodeURIComponent(namespace)}/kv:batch`,
    headers: { "Content-Type": "application/json" },
    body: Buffer.from(`{"atomic":${atomic},"operations":[${operations.join(SEPARATOR)}]}`),
  };
}

export const readText = (key: string): string => JSON.stringify({ op: "get", key, peek: true });

export function writeText(write: BatchWrite): string {
  const { op, key, idempotencyKey } = write;
  const said = { op, key, idempotencyKey, ...conditionOf(write.only) };
  if (write.op === "delete") return JSON.stringify(said);
  const { value, ...others } = write.fields;
  return withValue({ ...said, ...others }, value);
}

function conditionOf(only: Only): { readonly ifMatch?: string; readonly ifNoneMatch?: string } {
  if (only === "always") return {};
  if (only === "if-absent") return { ifNoneMatch: "*" };
  return { ifMatch: only === "if-present" ? "*" : `"${only.etag}"` };
}

/** Bytes that a write takes in the body of a batch. */
export const bytesInBatch = (write: BatchWrite): number => Buffer.byteLength(writeText(write)) + SEPARATOR.length;

/**
 * Divides writes into what one request may carry, in their order. A write that is too large for any batch stands alone in
 * one; the service refuses it with the problem `too-large`.
 */
export const batchesOf = (writes: readonly BatchWrite[]): readonly (readonly BatchWrite[])[] =>
  divided(writes, bytesInBatch, BATCH_BYTES_MAX - FRAME_BYTES);

/** Parts of at most `bytesMax` and of at most as many as a batch takes, each of one item at least. */
export function divided<Item>(
  items: readonly Item[],
  bytesOf: (item: Item) => number,
  bytesMax: number,
): readonly (readonly Item[])[] {
  const parts: Item[][] = [];
  let bytes = 0;
  for (const item of items) {
    const last = parts.at(-1);
    const size = bytesOf(item);
    const fits = last !== undefined && last.length < BATCH_OPERATIONS_MAX && bytes + size <= bytesMax;
    if (fits) last.push(item);
    else parts.push([item]);
    bytes = fits ? bytes + size : size;
  }
  return parts;
}
