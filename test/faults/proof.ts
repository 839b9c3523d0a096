import { createHash } from "node:crypto";

/** The one write that a value came from. */
export interface Origin {
  readonly key: string;
  readonly writer: number;
  readonly sequence: number;
  /** Bytes of the value as JSON text. */
  readonly size: number;
}

const CHECK_LENGTH = 8;

/**
 * A JSON string of `size` bytes, or a few more where that is too little, that is told by its origin alone: who wrote it
 * stands in every stretch of it, and a checksum at its end. So a value that mixes two cannot pass for either.
 */
export function proofOf({ key, writer, sequence, size }: Origin): string {
  const head = `${key}.${writer}.${sequence}.`;
  const length = Math.max(size - CHECK_LENGTH - 2, head.length);
  const filled = head.repeat(Math.ceil(length / head.length)).slice(0, length);
  return `"${filled}${createHash("sha256").update(filled).digest("hex").slice(0, CHECK_LENGTH)}"`;
}

/** Where a value came from. Undefined when no one write made all of it. */
export function originOf(text: string): Origin | undefined {
  const [, key, writer, sequence] = /^"([^."]+)\.(\d+)\.(\d+)\./.exec(text) ?? [];
  if (key === undefined) return undefined;
  const origin = { key, writer: Number(writer), sequence: Number(sequence), size: text.length };
  return proofOf(origin) === text ? origin : undefined;
}

/** The beginning of a text that proves nothing, for the report. */
export const glimpse = (text: string): string => `${text.slice(0, 60)}… (${text.length} characters)`;
