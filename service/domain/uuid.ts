import { randomFillSync } from "node:crypto";
import { v7 } from "uuid";

const RANDOM_BYTES = 16;
/** Random bytes of many UUIDs: to draw those of each alone costs more than all else about it. */
const pool = Buffer.alloc(256 * RANDOM_BYTES);
let used = pool.length;

/** Unique for ever. Begins with the time (RFC 9562, 5.7). */
export function newUuid(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  return v7({ random });
}
