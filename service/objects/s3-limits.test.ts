import { expect, it } from "vitest";
import { evenPartBytes, growingPartBytes, PARTS_MAX } from "./s3-limits.ts";

const MIB = 1_024 ** 2;
const GIB = 1_024 ** 3;
const TIB = 1_024 ** 4;

it("parts of an upload of unknown length grow, so that 10,000 of them hold about 4 TiB and the first 8 GiB need little memory", () => {
  expect([1, 1_000, 1_001, 2_001, 10_000].map((part) => growingPartBytes(part, 8 * MIB))).toEqual([
    8 * MIB,
    8 * MIB,
    16 * MIB,
    32 * MIB,
    GIB,
  ]);
  let total = 0;
  for (let part = 1; part <= PARTS_MAX; part += 1) total += growingPartBytes(part, 8 * MIB);
  expect(Math.round(total / TIB)).toBe(4);
});

it("parts of an upload of known length are even, and 10,000 of them suffice for all that S3 stores", () => {
  expect(evenPartBytes(6 * GIB, 8 * MIB)).toBe(8 * MIB);
  expect(evenPartBytes(5 * TIB, 8 * MIB) * PARTS_MAX).toBeGreaterThanOrEqual(5 * TIB);
});
