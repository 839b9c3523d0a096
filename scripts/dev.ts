import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { watch } from "node:fs";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const SOURCES = ["api", "cli", "provider", "service"];
/** Editors write a file in several goes. */
const QUIET_MS = 200;

/**
 * Runs `nskv serve` with the options that were given, and after each change of a source builds anew and starts it
 * again. A build that fails says why and leaves the running service alone.
 */
async function main(options: readonly string[]): Promise<void> {
  let service = serve(options);
  let timer: NodeJS.Timeout | undefined;
  let turn = Promise.resolve();
  const rebuild = async () => {
    if (!(await built())) return;
    await stop(service);
    service = serve(options);
  };
  for (const folder of SOURCES)
    watch(`${ROOT}${folder}`, { recursive: true }, (_event, file) => {
      if (!file || !/\.(ts|sql)$/.test(file) || /\.test\.ts$/.test(file)) return;
      clearTimeout(timer);
      timer = setTimeout(() => {
        turn = turn.then(rebuild);
      }, QUIET_MS);
    });
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void stop(service).then(() => process.exit(0)));
  console.log(`Watching ${SOURCES.join(", ")}; Ctrl-C ends it.`);
}

/** A process group of its own: Ctrl-C reaches it once, from here. */
const serve = (options: readonly string[]): ChildProcess =>
  spawn(process.execPath, ["dist/nskv.js", "serve", ...options], { cwd: ROOT, stdio: "inherit", detached: true });

async function built(): Promise<boolean> {
  const build = spawn(process.execPath, ["--import", "tsx", "scripts/build.ts"], { cwd: ROOT, stdio: "inherit" });
  const [code] = await once(build, "exit");
  console.log(code === 0 ? "Built." : "The build failed; the service still runs the last good one.");
  return code === 0;
}

async function stop(service: ChildProcess): Promise<void> {
  if (service.exitCode !== null || service.signalCode !== null) return;
  service.kill("SIGTERM");
  await once(service, "exit");
}

await main(process.argv.slice(2));
