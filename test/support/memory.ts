import { readFileSync } from "node:fs";

const SAMPLE_MS = 20;

/** Bytes of memory that a process holds now (proc(5), VmRSS). */
export function memoryOf(pid: number): number {
  const kibibytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  if (kibibytes === undefined) throw new Error(`Process ${pid} says nothing of its memory.`);
  return Number(kibibytes) * 1_024;
}

/** By how many bytes a process grows at most while `work` runs, as samples see it. */
export async function growthOf(pid: number, work: () => Promise<void>): Promise<number> {
  const before = memoryOf(pid);
  let peak = before;
  const timer = setInterval(() => {
    peak = Math.max(peak, memoryOf(pid));
  }, SAMPLE_MS);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return Math.max(peak, memoryOf(pid)) - before;
}
