import { randomFrom } from "./random.ts";
import { read } from "./reader.ts";
import type { Report } from "./report.ts";
import { Writer } from "./writer.ts";

const KIB = 1_024;
const MIB = 1_024 * KIB;
const WRITERS = 8;
const READERS = 2;

export interface Load {
  readonly writers: readonly Writer[];
  /** Reads until told to stop. */
  read(address: string, until: AbortSignal): Promise<void>;
}

/** Several writers with keys of their own in one namespace, and readers of all of these keys. */
export function createLoad(seed: number, report: Report, tolerant: boolean): Load {
  const path = `/api/v1/main/namespaces/faults.n${seed}`;
  const writers = Array.from({ length: WRITERS }, (_, number) => {
    const random = randomFrom(seed * 100 + number);
    return new Writer({ number, path, random, report, size: () => sizeFor(number, random.below) });
  });
  const keys = writers.flatMap(({ models }) => models.map(({ key }) => key));
  return {
    writers,
    async read(address, until) {
      const readers = Array.from({ length: READERS }, (_, number) => {
        const random = randomFrom(seed * 100 + WRITERS + number);
        return read(address, { path, keys, random, report, tolerant }, until);
      });
      await Promise.all(readers);
    },
  };
}

/** Most values are small. One writer's often go to S3 in parts, and another's as one flowing PUT. */
function sizeFor(writer: number, below: (end: number) => number): number {
  const roll = below(100);
  if (writer === 0 && roll < 15) return 9 * MIB + below(2 * MIB);
  if (writer === 1 && roll < 40) return MIB + below(3 * MIB);
  if (roll < 75) return 20 + below(180);
  if (roll < 95) return KIB + below(60 * KIB);
  return 66 * KIB + below(400 * KIB);
}
