import { readdirSync, readFileSync } from "node:fs";

/** Clock ticks of /proc per second: Linux fixes them at 100 for all that read it (man 5 proc, `utime`). */
const TICKS_PER_SECOND = 100;

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly name: string;
  /** Its own and that of children that have ended. */
  readonly ticks: number;
}

/** `pid (name) state ppid …`; the name may hold anything, so fields count from its last bracket. */
function processOf(stat: string): Process {
  const end = stat.lastIndexOf(")");
  const fields = stat.slice(end + 2).split(" ");
  // Fields 14 to 17 of man 5 proc; `fields` begins with the third.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  return {
    pid: Number.parseInt(stat, 10),
    parent: Number(fields[1]),
    name: stat.slice(stat.indexOf("(") + 1, end),
    ticks,
  };
}

function allProcesses(): Process[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.flatMap((pid) => {
    try {
      return [processOf(readFileSync(`/proc/${pid}/stat`, "utf8"))];
    } catch {
      return []; // It has just ended.
    }
  });
}

/** Seconds of processor that a process and all below it have used. */
export function cpuSecondsOf(root: number, all: readonly Process[] = allProcesses()): number {
  const self = all.find(({ pid }) => pid === root)?.ticks ?? 0;
  const below = all.filter(({ parent }) => parent === root);
  return below.reduce((sum, { pid }) => sum + cpuSecondsOf(pid, all), self / TICKS_PER_SECOND);
}

/** The child of this process with this name, such as `minio`. */
export function childNamed(name: string): number {
  const child = allProcesses().find((one) => one.parent === process.pid && one.name === name);
  if (!child) throw new Error(`No process '${name}' was started here.`);
  return child.pid;
}

/** A field of /proc/<pid>/status in bytes: `VmRSS` is the memory now, `VmHWM` the most since it was last reset. */
export function memoryOf(pid: number, field: "VmRSS" | "VmHWM"): number {
  const line = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync(`/proc/${pid}/status`, "utf8"));
  if (!line) throw new Error(`/proc/${pid}/status has no ${field}.`);
  return Number(line[1]) * 1_024;
}
