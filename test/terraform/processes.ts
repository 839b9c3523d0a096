import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

/** The processes of a group that live, by /proc (proc_pid_stat(5)): one that nobody has waited for yet is dead. */
export function livingInGroup(group: number): number[] {
  const all = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return all.map(Number).filter((pid) => {
    const [state, , processGroup] = statOf(pid);
    return processGroup === String(group) && state !== "Z" && state !== "X";
  });
}

/** What /proc says after the command's name, which may hold spaces and brackets itself. */
function statOf(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return []; // It has ended meanwhile.
  }
}

/** What a loaded machine never needs for something that is under way. */
const WAIT_MS_MAX = 40_000;

/** Waits for `condition`; fails with the name of what did not come. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const end = Date.now() + WAIT_MS_MAX;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`Waited in vain: ${what}.`);
    await sleep(50);
  }
}
