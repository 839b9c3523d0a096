import { type ChildProcess, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/** How a command ended, and what it printed. */
export interface Ran {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  /** Both streams, as they came. */
  readonly output: string;
}

export interface CommandOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The processes of one script; none of them outlives it. */
export interface Processes {
  /** Runs a command to its end. Fails with `Interrupted` once the user has asked to stop. */
  run(command: string, args: readonly string[], options?: CommandOptions): Promise<Ran>;
  /** Starts `nskv serve` on a free port and answers its address. Fails with what it printed when it does not start. */
  serve(data: string, options?: CommandOptions): Promise<string>;
}

/** The user pressed Ctrl-C, or the script was told to end. */
export class Interrupted extends Error {
  constructor() {
    super("Interrupted.");
    this.name = "Interrupted";
  }
}

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SIGNALS = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
/** Terraform and the service need a moment to leave state and store in order. */
const STOP_MS_MAX = 15_000;

/**
 * Runs `story` and ends, whatever happens, the processes that it started. They are in groups of their own, so that
 * Ctrl-C reaches them once, from here: Terraform takes a second signal for an order to drop everything.
 */
export async function withProcesses(story: (processes: Processes) => Promise<void>): Promise<void> {
  const children = new Set<ChildProcess>();
  const commands = new Set<ChildProcess>();
  let interrupted = false;
  const interrupt = () => {
    interrupted = true;
    // Not the service: a Terraform that is told to stop still finishes the write that is under way.
    for (const child of commands) signalGroup(child, "SIGINT");
  };
  for (const signal of SIGNALS) process.on(signal, interrupt);
  const start = (command: string, args: readonly string[], options: CommandOptions = {}) => {
    if (interrupted) throw new Interrupted();
    const child = spawn(command, args, {
      cwd: options.cwd ?? ROOT,
      env: options.env ?? process.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
    });
    children.add(child);
    child.once("close", () => children.delete(child));
    child.once("error", () => children.delete(child));
    return child;
  };
  try {
    await story({
      async run(command, args, options) {
        const child = start(command, args, options);
        commands.add(child);
        const ran = await ending(child).finally(() => commands.delete(child));
        if (interrupted) throw new Interrupted();
        return ran;
      },
      serve: (data, options) =>
        readyAddress(start(process.execPath, ["dist/nskv.js", "serve", "--port", "0", "--data", data], options)),
    });
  } finally {
    await stopAll(children);
    for (const signal of SIGNALS) process.off(signal, interrupt);
  }
}

function ending(child: ChildProcess): Promise<Ran> {
  let stdout = "";
  let output = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    output += text;
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
  });
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout, output }));
  });
}

function readyAddress(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let log = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      log = (log + text).slice(-4_000);
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      const address = /ready at (\S+)/.exec(text)?.[1];
      if (address) resolve(address);
    });
    child.once("error", reject);
    child.once("close", (code) => reject(new Error(`The service ended with ${code} before it was ready:\n${log}`)));
  });
}

async function stopAll(children: ReadonlySet<ChildProcess>): Promise<void> {
  const ends = [...children].map((child) => new Promise((resolve) => child.once("close", resolve)));
  for (const child of children) signalGroup(child, "SIGTERM");
  const impatience = setTimeout(() => {
    for (const child of children) signalGroup(child, "SIGKILL");
  }, STOP_MS_MAX);
  await Promise.all(ends);
  clearTimeout(impatience);
}

function signalGroup({ pid }: ChildProcess, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal);
  } catch {
    // It has just ended by itself.
  }
}
