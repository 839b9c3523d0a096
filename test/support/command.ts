import { spawn } from "node:child_process";
import type { StoragePair } from "./service.ts";

/** What a command of the built program said, and how it ended. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunningCommand {
  readonly pid: number;
  readonly stderr: () => string;
  readonly ended: Promise<Ran>;
  kill(): void;
}

/** Starts `nskv` on a storage pair, as an operator would. */
export function startCommand(pair: Pick<StoragePair, "env" | "flags">, ...words: readonly string[]): RunningCommand {
  const { NSKV_TEST_DATABASE_URL: _, ...inherited } = process.env;
  const child = spawn(process.execPath, ["dist/nskv.js", ...words, ...pair.flags], {
    env: { ...inherited, ...pair.env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ran>((resolve) => child.once("close", (code) => resolve({ code, stdout, stderr })));
  return { pid: child.pid ?? 0, stderr: () => stderr, ended, kill: () => child.kill("SIGKILL") };
}

export const runCommand = (pair: Pick<StoragePair, "env" | "flags">, ...words: readonly string[]): Promise<Ran> =>
  startCommand(pair, ...words).ended;
