import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { cliConfiguration, isolated, PROVIDER_SOURCE, placeProvider } from "../../scripts/provider-mirror.ts";

/** How one command of Terraform ended. */
export interface Ran {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A plan, also as `terraform show -json` prints it. `json` is undefined when the plan failed. */
export interface Planned extends Ran {
  readonly json: PlanJson | undefined;
}

/** The parts of https://developer.hashicorp.com/terraform/internals/json-format#plan-representation that tests read. */
export interface PlanJson {
  readonly resource_changes?: readonly ResourceChange[];
  readonly resource_drift?: readonly ResourceChange[];
  readonly output_changes?: Readonly<Record<string, unknown>>;
}

export interface ResourceChange {
  readonly address: string;
  readonly action_reason?: string;
  readonly change: {
    readonly actions: readonly string[];
    readonly before: Readonly<Record<string, unknown>> | null;
    readonly after: Readonly<Record<string, unknown>> | null;
    readonly after_unknown: Readonly<Record<string, unknown>>;
    readonly replace_paths?: readonly (readonly string[])[];
  };
}

/** A state as `terraform show -json` prints it; `values` is missing when it is empty. */
export interface StateJson {
  readonly values?: {
    readonly outputs?: Readonly<Record<string, { readonly value: unknown }>>;
    readonly root_module?: { readonly resources?: readonly StateResource[] };
  };
}

export interface StateResource {
  readonly address: string;
  readonly values: Readonly<Record<string, unknown>>;
  readonly tainted?: boolean;
}

/** A command under way, in a process group of its own as under a shell. */
export interface Running {
  readonly process: ChildProcess;
  readonly ended: Promise<Ran>;
  /** Everything printed so far, of both streams. */
  output(): string;
  /** Reaches Terraform and the provider alike, as Ctrl-C (SIGINT) does. To hit Terraform alone, use `process`. */
  signal(name: NodeJS.Signals): void;
}

export interface TerraformWorkspace {
  readonly folder: string;
  /** What the commands see; nothing of the user's own Terraform is in it. */
  readonly env: Readonly<Record<string, string>>;
  /** Replaces the configuration. One that names no `required_providers` gets ours. */
  write(config: string): Promise<void>;
  init(...args: string[]): Promise<Ran>;
  apply(...args: string[]): Promise<Ran>;
  /** With `-detailed-exitcode`: 0 no change, 1 error, 2 a change. */
  plan(...args: string[]): Promise<Planned>;
  show(): Promise<StateJson>;
  destroy(...args: string[]): Promise<Ran>;
  importState(address: string, id: string): Promise<Ran>;
  /** Any other command; `input` becomes its stdin. */
  run(args: readonly string[], input?: string): Promise<Ran>;
  start(args: readonly string[], input?: string): Running;
  /** Ends what still runs and removes the folder. */
  cleanup(): Promise<void>;
}

/** What is run as Terraform. */
export const BINARY = process.env["NSKV_TEST_TERRAFORM"] || "terraform";
const QUIET = ["-no-color", "-input=false"];

/** What it prints of its version; undefined where it is missing. */
export const version = versionPrinted();

/** Whether tests that need Terraform must be left out; the reason has been printed then. */
export const terraformMissing = version === undefined;

/** Whether it is OpenTofu, which does a few things in another way. */
export const isOpenTofu = version?.startsWith("OpenTofu") ?? false;

/**
 * A folder with a configuration, its own CLI configuration and its own mirror that holds the built provider. Terraform
 * is the one in PATH, or what NSKV_TEST_TERRAFORM names: `tofu` runs the same tests.
 * @param options.endpoint the service's address; leave it out for a provider that is told by `config`
 */
export async function terraformWorkspace(options: {
  readonly config: string;
  readonly endpoint?: string;
  readonly env?: Readonly<Record<string, string>>;
}): Promise<TerraformWorkspace> {
  const base = await mkdtemp(join(tmpdir(), "nskv-terraform-"));
  const folder = join(base, "work");
  await mkdir(folder);
  await placeProvider(join(base, "mirror"));
  await writeFile(join(base, "terraform.rc"), cliConfiguration(join(base, "mirror")));
  const env: Record<string, string> = { ...isolated(process.env, base), HOME: base, TF_IN_AUTOMATION: "1" };
  if (options.endpoint) env["NSKV_ENDPOINT"] = options.endpoint;
  Object.assign(env, options.env);

  const running = new Set<Running>();
  const start = (args: readonly string[], input = ""): Running => {
    const command = startIn(folder, env, args, input);
    running.add(command);
    const forget = () => void running.delete(command);
    command.ended.then(forget, forget);
    return command;
  };
  const run = (args: readonly string[], input?: string) => start(args, input).ended;
  const workspace: TerraformWorkspace = {
    folder,
    env,
    start,
    run,
    write: (config) => writeConfiguration(folder, config),
    init: (...args) => run(["init", ...QUIET, ...args]),
    apply: (...args) => run(["apply", ...QUIET, "-auto-approve", ...args]),
    plan: (...args) => planIn(run, args),
    show: () => json<StateJson>(run, ["show", "-json"]),
    destroy: (...args) => run(["destroy", ...QUIET, "-auto-approve", ...args]),
    importState: (address, id) => run(["import", ...QUIET, address, id]),
    async cleanup() {
      for (const command of running) command.signal("SIGKILL");
      await Promise.allSettled([...running].map(({ ended }) => ended));
      await rm(base, { recursive: true, force: true });
    },
  };
  await workspace.write(options.config);
  return workspace;
}

type Run = (args: readonly string[]) => Promise<Ran>;

async function planIn(run: Run, args: readonly string[]): Promise<Planned> {
  const file = "test.tfplan";
  const ran = await run(["plan", ...QUIET, "-detailed-exitcode", `-out=${file}`, ...args]);
  const planned = ran.exitCode === 0 || ran.exitCode === 2;
  return { ...ran, json: planned ? await json<PlanJson>(run, ["show", "-json", file]) : undefined };
}

async function json<T>(run: Run, args: readonly string[]): Promise<T> {
  const { exitCode, stdout, stderr } = await run(args);
  if (exitCode !== 0) throw new Error(`terraform ${args.join(" ")} ended with ${exitCode}:\n${stderr}`);
  return JSON.parse(stdout) as T;
}

async function writeConfiguration(folder: string, config: string): Promise<void> {
  const source = `terraform {
  required_providers {
    namespace = { source = "${PROVIDER_SOURCE}" }
  }
}
`;
  await writeFile(join(folder, "versions.tf"), config.includes("required_providers") ? "" : source);
  await writeFile(join(folder, "main.tf"), config);
}

function startIn(folder: string, env: Record<string, string>, args: readonly string[], input: string): Running {
  const child = spawn(BINARY, args, { cwd: folder, env, detached: true, stdio: "pipe" });
  const printed = { stdout: "", stderr: "", all: "" };
  for (const name of ["stdout", "stderr"] as const)
    child[name].setEncoding("utf8").on("data", (text: string) => {
      printed[name] += text;
      printed.all += text;
    });
  // A command that never reads its stdin has closed it before this arrives.
  child.stdin.on("error", () => undefined).end(input);
  const ended = new Promise<Ran>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (exitCode) => resolve({ exitCode, stdout: printed.stdout, stderr: printed.stderr }));
  });
  return {
    process: child,
    ended,
    output: () => printed.all,
    signal: (name) => {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    },
  };
}

function versionPrinted(): string | undefined {
  try {
    // Whatever CLI configuration the user has says nothing of what is there.
    const env = { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" };
    return execFileSync(BINARY, ["version"], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"], env });
  } catch {
    const reason = `Terraform is missing ('${BINARY}' does not start). Install it, or name one by NSKV_TEST_TERRAFORM.`;
    if (process.env["NSKV_TEST_REQUIRE_ALL"] === "1") throw new Error(reason);
    console.warn(`${reason} Tests that need it are left out.`);
    return undefined;
  }
}
