import { execFileSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type Processes, withProcesses } from "../../scripts/processes.ts";
import { findTerraform, TERRAFORM_MISSING } from "../../scripts/terraform-binary.ts";
import { type Contender, FLOOR, KV, LARGE_FLOOR, SET, TIME } from "./contenders.ts";
import { tableOf } from "./report.ts";
import { compareStarts } from "./start-report.ts";
import { fileStates, httpStates, type States } from "./states.ts";
import { openWorkspace, type Took, type Workspace } from "./workspace.ts";

const { values: options } = parseArgs({
  options: {
    /** How many; with 10000 Terraform itself takes two minutes for each command, and a quarter of an hour to destroy them. */
    keys: { type: "string", default: "1000" },
    rounds: { type: "string", default: "3" },
    /** namespace_kv, terraform_data, terraform_data+, time_static, set, starts; all when none is named. */
    only: { type: "string", multiple: true, default: [] },
    /** Where Terraform keeps the state: file, http; both when none is named. */
    state: { type: "string", multiple: true, default: [] },
    starts: { type: "string", default: "20" },
  },
});

const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  apply: ["apply", "-auto-approve"],
  // Ends with 2 when there is a change, and every end but 0 is a failure.
  "plan, no change": ["plan", "-detailed-exitcode"],
  "plan -refresh-only": ["plan", "-refresh-only"],
  destroy: ["destroy", "-auto-approve"],
};

/** The larger first, since ratios are of the first to the others. */
const SET_KEYS = [10_000, 10];

const isWanted = (name: string) => options.only.length === 0 || options.only.includes(name);

const nothingYet = () => new Map(Object.keys(COMMANDS).map((command): [string, Took[]] => [command, []]));

/** By turns, so that what else the machine does meets all contenders alike. */
async function commands(workspace: Workspace, place: string, states: States): Promise<void> {
  const contenders = [KV, FLOOR, LARGE_FLOOR, TIME].filter(({ name }) => isWanted(name));
  if (contenders.length === 0) return;
  const taken = new Map(contenders.map(({ name }) => [name, nothingYet()]));
  for (const contender of contenders) await warm(workspace, contender, states);
  for (let round = 1; round <= Number(options.rounds); round++)
    for (const contender of contenders) await inOrder(workspace, contender, states, taken.get(contender.name));
  console.log(`\n${options.keys} resources, state in ${place}\n${tableOf(Object.keys(COMMANDS), taken)}`);
}

/** All commands of one contender, from nothing to nothing, with a line of progress for each. */
async function inOrder(
  workspace: Workspace,
  contender: Contender,
  states: States,
  taken = nothingYet(),
): Promise<void> {
  for (const [command, args] of Object.entries(COMMANDS)) {
    const took = await workspace.run(contender, ...args);
    taken.get(command)?.push(took);
    const state = command === "apply" ? `, ${await states.bytes(contender.name)} bytes of state` : "";
    console.error(`${command} of ${contender.name} took ${(took.ms / 1_000).toFixed(2)} s${state}`);
  }
}

/** One resource of ten keys beside one of ten thousand. */
async function set(workspace: Workspace, states: States): Promise<void> {
  await workspace.write(SET, 1, states);
  const taken = new Map(SET_KEYS.map((count) => [`${count} keys`, nothingYet()]));
  for (let round = 1; round <= Number(options.rounds); round++)
    for (const count of SET_KEYS) {
      await workspace.write(SET, count, states);
      await inOrder(workspace, SET, states, taken.get(`${count} keys`));
    }
  console.log(`\nnamespace_kv_set\n${tableOf(Object.keys(COMMANDS), taken)}`);
}

/** Fills caches, the provider's compiled code among them. */
async function warm(workspace: Workspace, contender: Contender, states: States): Promise<void> {
  await workspace.write(contender, 1, states);
  await workspace.run(contender, "apply", "-auto-approve");
  await workspace.run(contender, "destroy", "-auto-approve");
  await workspace.write(contender, Number(options.keys), states);
}

async function measure(processes: Processes, terraform: string, folder: string): Promise<void> {
  const time = execFileSync("scripts/install-terraform-provider-time.sh", { encoding: "utf8" }).trim();
  const endpoint = await processes.serve(join(folder, "data"));
  const workspace = await openWorkspace(processes, { terraform, time, endpoint, folder });
  const places = { file: fileStates(folder), http: await httpStates() };
  for (const [place, states] of Object.entries(places))
    if (options.state.length === 0 || options.state.includes(place)) await commands(workspace, place, states);
  if (isWanted("set")) await set(workspace, places.file);
  if (isWanted("starts")) await compareStarts(time, folder, Number(options.starts));
}

async function main(): Promise<number> {
  const terraform = findTerraform();
  if (!terraform) {
    console.error(TERRAFORM_MISSING);
    return 1;
  }
  const load = loadavg()[0] ?? 0;
  console.log(`${cpus().length} × ${cpus()[0]?.model.trim()}, load ${load.toFixed(1)} at the start`);
  console.log(`Node ${process.version}, ${terraform.name}, embedded service`);
  const folder = await mkdtemp(join(tmpdir(), "nskv-bench-"));
  try {
    await withProcesses((processes) => measure(processes, terraform.command, folder));
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
