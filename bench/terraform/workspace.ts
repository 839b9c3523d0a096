import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Processes } from "../../scripts/processes.ts";
import {
  cliConfiguration,
  isolated,
  PROVIDER_SOURCE,
  placeProvider,
  platformName,
} from "../../scripts/provider-mirror.ts";
import { type Contender, TIME_SOURCE } from "./contenders.ts";
import type { States } from "./states.ts";

/** What one command of Terraform took. */
export interface Took {
  readonly ms: number;
  /** What the provider's processes used of the processor, all that the command started. */
  readonly providerCpuMs: number;
}

/** A folder with the contenders' configurations, and a mirror with providers whose use of the processor is noted. */
export interface Workspace {
  /** Prepares a contender; `count` and `states` may differ from one time to the next. */
  write(contender: Contender, count: number, states: States): Promise<void>;
  /** Fails with what Terraform printed unless it ends with 0. */
  run(contender: Contender, ...args: string[]): Promise<Took>;
}

/**
 * @param processes starts and ends what is needed
 * @param options.time the executable of HashiCorp's provider
 * @param options.folder an empty one
 */
export async function openWorkspace(
  processes: Processes,
  options: { readonly terraform: string; readonly time: string; readonly endpoint: string; readonly folder: string },
): Promise<Workspace> {
  const { terraform, time, endpoint, folder } = options;
  const [mirror, noted] = [join(folder, "plugins"), join(folder, "cpu")];
  const ours = await placeProvider(join(folder, "provider"));
  await noting(ours, noted, join(mirror, ...PROVIDER_SOURCE.split("/"), "1.0.0", platformName()));
  await noting(time, noted, join(mirror, ...TIME_SOURCE.split("/"), "1.0.0", platformName()));
  await writeFile(join(folder, "terraform.rc"), cliConfiguration(mirror));
  const env = { ...benchEnvironment(folder), NSKV_ENDPOINT: endpoint };
  const run = async ({ name }: Contender, ...args: string[]): Promise<Took> => {
    await writeFile(noted, "");
    const start = performance.now();
    const command = [...args, "-no-color", "-input=false"];
    const { exitCode, output } = await processes.run(terraform, command, { cwd: join(folder, name), env });
    const ms = performance.now() - start;
    if (exitCode !== 0) throw new Error(`${terraform} ${args[0]} of ${name} ended with ${exitCode}:\n${output}`);
    return { ms, providerCpuMs: await cpuMsIn(noted) };
  };
  return {
    run,
    async write(contender, count, states) {
      const work = join(folder, contender.name);
      await rm(work, { recursive: true, force: true });
      await mkdir(work);
      await writeFile(join(work, "main.tf"), contender.configuration(count));
      await writeFile(join(work, "backend.tf"), `terraform {\n  ${states.backend(contender.name)}\n}\n`);
      await run(contender, "init");
    },
  };
}

/** Without NODE_EXTRA_CA_CERTS, which costs every start of Node 20 some 35 ms, ours and `node -e 0` alike. */
export function benchEnvironment(folder: string): Record<string, string> {
  const { NODE_EXTRA_CA_CERTS: _, ...env } = isolated(process.env, folder);
  return env;
}

/**
 * Puts a program into `folder` that runs `executable` and notes its use of the processor behind it in `file`: Terraform
 * itself tells nobody. It adds a start of bash to each of the provider's.
 */
async function noting(executable: string, file: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const name = folder.includes("/hashicorp/") ? "terraform-provider-time" : "terraform-provider-namespace";
  const program = join(folder, name);
  await writeFile(
    program,
    `#!/bin/bash
exec 3>&2
TIMEFORMAT="%U %S"
{ time "${executable}" "$@" 2>&3; } 2>> "${file}"
`,
  );
  await chmod(program, 0o755);
}

async function cpuMsIn(file: string): Promise<number> {
  const seconds = (await readFile(file, "utf8")).split(/\s+/).map(Number);
  return 1_000 * seconds.reduce((sum, one) => sum + one, 0);
}
