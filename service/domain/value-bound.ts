import { Failure } from "./fault.ts";
import type { Bytes } from "./stores.ts";

/** Refuses a value of which it is known already that it is too long. Without a bound nothing is. Fails with `value_too_large`. */
export function refuseAbove(bytesMax: number | undefined, length: number | undefined): void {
  if (bytesMax !== undefined && length !== undefined && length > bytesMax)
    throw new Failure({ kind: "value_too_large", bytesMax });
}

/** The same bytes; those that flow fail with `value_too_large` as soon as they are too many. */
export function bounded(bytes: Bytes, bytesMax: number | undefined): Bytes {
  if (bytesMax === undefined) return bytes;
  if (!(bytes instanceof Uint8Array)) return counted(bytes, bytesMax);
  refuseAbove(bytesMax, bytes.length);
  return bytes;
}

async function* counted(bytes: AsyncIterable<Uint8Array>, bytesMax: number): AsyncGenerator<Uint8Array> {
  let length = 0;
  for await (const chunk of bytes) {
    length += chunk.length;
    refuseAbove(bytesMax, length);
    yield chunk;
  }
}
