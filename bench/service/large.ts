import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { openS3, type S3Config } from "../../service/objects/s3.ts";
import { memoryOf } from "./cpu.ts";
import { bareOn, type Side, serviceOn } from "./large-sides.ts";
import { type Promised, promised, spreadOf } from "./report.ts";
import type { Server } from "./servers.ts";

const MIB = 1_024 ** 2;
const BYTES = 1_024 * MIB;
/** What each side sends and reads before anything counts. */
const WARM_BYTES = 256 * MIB;
const MEMORY_GROWTH_MIB_MAX = 150;
const IDLE_MIB_MAX = 150;
/** After so long the memory of what was deleted is back at the host, where there is one. */
const SETTLED_MS = 3_000;

/** Memory of a service that has done nothing yet. To be asked before anything else is. */
export const idlePromise = ({ pid }: Server): Promised =>
  promised("memory of the idle service on real servers, MiB", spreadOf([memoryOf(pid, "VmRSS") / MIB]), [
    "≤",
    IDLE_MIB_MAX,
  ]);

/** How long a side took for 1 GiB. */
interface Times {
  readonly up: number;
  readonly down: number;
}

/**
 * One value of 1 GiB up and down, through the service and straight to the object store by the service's own client. Each
 * round counts, but for a smaller one at the start: the sender and reader are this process for both sides, and whoever came
 * first paid for their compilation. The two begin by turns, each on a disk that owes nothing: what is written is on it for
 * good when MinIO answers, but not the tables, logs and deletions of others. Between rounds there is a pause. A virtual
 * machine gives free memory back to its host two seconds after (Linux, mm/page_reporting.c), and to get a GiB again costs
 * MinIO as much as all the rest: whoever came straight after the deletion of the last round's values had it for nothing.
 */
export async function largePromises(server: Server, s3: S3Config, rounds: number): Promise<Promised[]> {
  const objects = await openS3(s3);
  const before = memoryOf(server.pid, "VmRSS");
  const [service, bare] = [serviceOn(server), bareOn(objects)];
  for (const { up, down } of [service, bare]) {
    await up(WARM_BYTES);
    await down(WARM_BYTES);
  }
  const figures: { readonly served: Times; readonly straight: Times; readonly grown: number }[] = [];
  for (let round = 1; round <= rounds; round++) {
    await bare.clear();
    await pause(SETTLED_MS);
    const first = round % 2 === 0 ? await timesOf(bare) : undefined;
    writeFileSync(`/proc/${server.pid}/clear_refs`, "5"); // the peak counts from here (man 5 proc)
    const served = await timesOf(service);
    const grown = (memoryOf(server.pid, "VmHWM") - before) / MIB;
    const straight = first ?? (await timesOf(bare));
    figures.push({ served, straight, grown });
    console.error(`1 GiB, round ${round}: s up and down ${shown(served)}, bare ${shown(straight)}`);
  }
  await bare.clear();
  await objects.close();
  const ratiosOf = (way: keyof Times) => spreadOf(figures.map(({ served, straight }) => straight[way] / served[way]));
  return [
    promised("1 GiB up: rate beside bare MinIO", ratiosOf("up"), ["≥", 0.8]),
    promised("1 GiB down: rate beside bare MinIO", ratiosOf("down"), ["≥", 0.8]),
    promised("1 GiB: memory that the service grew by, MiB", spreadOf(figures.map(({ grown }) => grown)), [
      "≤",
      MEMORY_GROWTH_MIB_MAX,
    ]),
  ];
}

const shown = (times: Times): string => [times.up, times.down].map((ms) => (ms / 1_000).toFixed(2)).join(",");

async function timesOf({ up, down }: Side): Promise<Times> {
  return { up: await timed(() => up(BYTES)), down: await timed(() => down(BYTES)) };
}

async function timed(work: () => Promise<void>): Promise<number> {
  execFileSync("sync");
  const start = performance.now();
  await work();
  return performance.now() - start;
}
