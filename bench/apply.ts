import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { type CommandOptions, type Processes, withProcesses } from "../scripts/processes.ts";
import { cliConfiguration, isolated, PROVIDER_SOURCE, placeProvider } from "../scripts/provider-mirror.ts";
import { findTerraform, TERRAFORM_MISSING, type TerraformBinary } from "../scripts/terraform-binary.ts";
import { median, spread } from "./figures.ts";

const KEYS = 100;
const RUNS = 5;

/** What is applied: the same number of resources, ours and one that Terraform keeps in its state alone. */
const CONFIGURATIONS = {
  namespace_kv: `
terraform {
  required_providers {
    namespace = { source = "${PROVIDER_SOURCE}" }
  }
}

resource "namespace_kv" "bench" {
  count     = ${KEYS}
  namespace = "bench"
  key       = "key-\${count.index}"
  value     = "value \${count.index}"
}
`,
  terraform_data: `
resource "terraform_data" "bench" {
  count = ${KEYS}
  input = "value \${count.index}"
}
`,
} as const;

type Kind = keyof typeof CONFIGURATIONS;
const KINDS = Object.keys(CONFIGURATIONS) as Kind[];

async function measure(processes: Processes, { command, name }: TerraformBinary, folder: string): Promise<void> {
  const env = isolated(process.env, folder);
  await placeProvider(join(folder, "plugins"));
  await writeFile(join(folder, "terraform.rc"), cliConfiguration(join(folder, "plugins")));
  const endpoint = await processes.serve(join(folder, "data"), { env });

  const run = async (kind: Kind, ...args: string[]): Promise<number> => {
    const options: CommandOptions = { cwd: join(folder, kind), env: { ...env, NSKV_ENDPOINT: endpoint } };
    const start = performance.now();
    const { exitCode, output } = await processes.run(command, [...args, "-no-color", "-input=false"], options);
    if (exitCode !== 0) throw new Error(`${command} ${args[0]} of ${kind} ended with ${exitCode}:\n${output}`);
    return performance.now() - start;
  };
  for (const kind of KINDS) {
    await mkdir(join(folder, kind));
    await writeFile(join(folder, kind, "main.tf"), CONFIGURATIONS[kind]);
    await run(kind, "init");
  }
  const load = loadavg()[0] ?? 0;
  console.log(`Apply of ${KEYS} resources from nothing, ${RUNS} times each, one after the other by turns.`);
  console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, load ${load.toFixed(1)} at the start`);
  console.log(`Node ${process.version}, ${name}, embedded service\n`);
  report(await times(run));
}

async function times(run: (kind: Kind, ...args: string[]) => Promise<number>): Promise<Record<Kind, number[]>> {
  const taken: Record<Kind, number[]> = { namespace_kv: [], terraform_data: [] };
  // The first round is not counted: it fills caches, the provider's compiled code among them.
  for (let round = 0; round <= RUNS; round++)
    for (const kind of KINDS) {
      const ms = await run(kind, "apply", "-auto-approve");
      if (round > 0) taken[kind].push(ms);
      await run(kind, "destroy", "-auto-approve");
    }
  return taken;
}

function report(taken: Record<Kind, number[]>): void {
  for (const kind of KINDS) console.log(`${kind.padEnd(16)} ${spread(taken[kind])}`);
  // By round: both halves of a pair ran in the same minute of a machine that has other work too.
  const ratios = taken.namespace_kv.map((ms, round) => ms / (taken.terraform_data[round] ?? Number.NaN));
  const [least, most] = [Math.min(...ratios), Math.max(...ratios)];
  console.log(`${"ratio".padEnd(16)} ${median(ratios).toFixed(2)} (${least.toFixed(2)} to ${most.toFixed(2)})`);
}

async function main(): Promise<number> {
  const terraform = findTerraform();
  if (!terraform) {
    console.error(TERRAFORM_MISSING);
    return 1;
  }
  const folder = await mkdtemp(join(tmpdir(), "nskv-bench-"));
  try {
    await withProcesses((processes) => measure(processes, terraform, folder));
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
