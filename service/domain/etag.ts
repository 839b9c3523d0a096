import { randomFillSync } from "node:crypto";
import { v7 as uuidv7 } from "uuid";

const RANDOM_BYTES = 16;
/** Random bytes of many ETags: to draw those of each alone costs more than all else about it. */
const pool = Buffer.alloc(256 * RANDOM_BYTES);
let used = pool.length;

/** By which one revision is known, for ever. Begins with the time. */
export function newEtag(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + RANDOM_BYTES);
  used += RANDOM_BYTES;
  return uuidv7({ random });
}
