import { type Environment, hasMagicCookie } from "./handshake.ts";
import { type Plugin, serve, serveForDebugger } from "./serve.ts";

const PROGRAM = "terraform-provider-namespace";

type Command = "serve" | "debug" | "help" | "version" | "misuse";

/**
 * The program's main function: serves when Terraform started it, and explains itself to people.
 * Ends the process with 1 when it was started wrongly or cannot serve.
 * @param args the command line without node and the program's own name
 */
export function run(plugin: Plugin, args: readonly string[], env: Environment): void {
  switch (commandOf(args, env)) {
    case "serve":
      serve(plugin, env).catch(fail);
      break;
    case "debug":
      serveForDebugger(plugin, env).catch(fail);
      break;
    case "version":
      process.stdout.write(`${PROGRAM} ${plugin.version}\n`);
      break;
    case "help":
      process.stdout.write(usage(plugin));
      break;
    case "misuse":
      process.stderr.write(usage(plugin));
      process.exitCode = 1;
  }
}

/** Pure. One or two dashes, as Go's programs take both. */
export function commandOf(args: readonly string[], env: Environment): Command {
  const [option, ...more] = args.map((arg) => arg.replace(/^--?/, ""));
  if (option === undefined) return hasMagicCookie(env) ? "serve" : "misuse";
  if (more.length > 0) return "misuse";
  return option === "debug" || option === "help" || option === "version" ? option : "misuse";
}

function usage({ address, version }: Plugin): string {
  return `${PROGRAM} ${version}: the provider of Namespace KV for Terraform and OpenTofu.

It is not meant to be started by hand: Terraform starts and ends it. Name it in a configuration,

  terraform {
    required_providers {
      namespace = { source = "${address}" }
    }
  }

then run "terraform init" and "terraform plan".

  --debug     serve until Ctrl-C, and print the setting that lets Terraform find this process
  --version   print the version
  --help      print this text
`;
}

function fail(error: unknown): void {
  process.stderr.write(`[ERROR] ${PROGRAM} cannot serve: ${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
}
