import { cp, mkdir, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { get, type Http, listKeys, putValue } from "./demo-http.ts";
import { Interrupted, type Processes, withProcesses } from "./processes.ts";
import { cliConfiguration, isolated, placeProvider } from "./provider-mirror.ts";
import { findTerraform, TERRAFORM_MISSING, type TerraformBinary } from "./terraform-binary.ts";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
/** All that the demo writes: plugins, configuration, state, data and caches. */
const FOLDER = join(ROOT, ".demo");
const WORK = join(FOLDER, "work");

/** What the steps below need; `terraform` runs one command in the demo's own folder. */
interface Stage {
  readonly http: Http;
  terraform(args: readonly string[], expected: number, shown: RegExp): Promise<void>;
}

async function story(processes: Processes, { command, name }: TerraformBinary): Promise<void> {
  step("Start the service: its database and its values are files in .demo/data, so there is no server to install.");
  const env = { ...isolated(process.env, FOLDER), NO_PROXY: "127.0.0.1", no_proxy: "127.0.0.1" };
  shell("npx nskv serve --port 0 --data .demo/data");
  const address = await processes.serve(join(FOLDER, "data"), { env });
  show(`Namespace KV is ready at ${address}`);

  const stage: Stage = {
    http: { address, run: (program, args) => processes.run(program, args, { env }) },
    terraform: async (args, expected, shown) => {
      shell(`${command} ${args.join(" ")}`);
      const options = { cwd: WORK, env: { ...env, NSKV_ENDPOINT: address } };
      const ran = await processes.run(command, [...args, "-no-color", "-input=false"], options);
      if (ran.exitCode !== expected)
        throw new Error(`${command} ${args[0]} ended with ${ran.exitCode}, not ${expected}:\n${ran.output}`);
      for (const line of ran.output.split("\n")) if (shown.test(line)) show(line);
    },
  };
  say(`${name} runs in .demo/work, a copy of examples/terraform/demo.`);
  await declare(stage);
  await drift(stage);
  await tidy(stage);
}

async function declare({ http, terraform }: Stage): Promise<void> {
  step("Let Terraform find the provider: in .demo/plugins, as no registry is asked.");
  await terraform(["init"], 0, /Install(ing|ed) terraform\.local|successfully initialized/);

  step("Apply: one plan makes keys of all seven types in three namespaces.");
  await terraform(["apply", "-auto-approve"], 0, /Creation complete|Apply complete|^contact/);

  step("Read the values over HTTP, as any program can.");
  await get(http, "company.data", "warehouse", "?raw=true");
  await get(http, "company.web", "contact", "?raw=true");
  await get(http, "company.data", "retries");
}

async function drift({ http, terraform }: Stage): Promise<void> {
  step("Change one value behind Terraform's back: retries is 3, and becomes 5.");
  await putValue(http, "company.data", "retries", "5");

  step("Plan: Terraform sees what is not as declared.");
  await terraform(["plan", "-detailed-exitcode"], 2, /^ {2}# |^\s+~ (resource|value)\b|^Plan:/);
  say("Exit code 2: there is drift. A nightly job that runs this plan can raise the alarm.");

  step("Apply: the declared value is put back.");
  await terraform(["apply", "-auto-approve"], 0, /Modifications complete|Apply complete/);
  await get(http, "company.data", "retries", "?raw=true");

  step("Plan again: nothing is left to do.");
  await terraform(["plan", "-detailed-exitcode"], 0, /^No changes/);
  say("Exit code 0: state, configuration and service agree.");
}

async function tidy({ http, terraform }: Stage): Promise<void> {
  step("Destroy: every key that Terraform made is deleted.");
  await terraform(["destroy", "-auto-approve"], 0, /^Destroy complete/);
  await listKeys(http, "company.data");
}

async function prepare(): Promise<void> {
  await rm(FOLDER, { recursive: true, force: true });
  await mkdir(FOLDER, { recursive: true });
  await cp(join(ROOT, "examples", "terraform", "demo"), WORK, { recursive: true });
  await placeProvider(join(FOLDER, "plugins"));
  await writeFile(join(FOLDER, "terraform.rc"), cliConfiguration(join(FOLDER, "plugins")));
}

let steps = 0;
const step = (text: string) => console.log(`\n${++steps}. ${text}`);
const shell = (command: string) => console.log(`   $ ${command}`);
const show = (line: string) => console.log(`     ${line}`);
const say = (text: string) => console.log(`   ${text}`);

async function main(): Promise<number> {
  const terraform = findTerraform();
  if (!terraform) {
    console.error(TERRAFORM_MISSING);
    return 1;
  }
  try {
    await prepare();
    await withProcesses((processes) => story(processes, terraform));
    console.log(`\nDone. The service is stopped; ${relative(ROOT, FOLDER)}/ holds what is left and may be deleted.`);
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) {
      console.error("\nInterrupted. Terraform and the service have been stopped.");
      return 130;
    }
    console.error(`\nThe demo failed. ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

process.exitCode = await main();
