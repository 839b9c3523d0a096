import { VERSION } from "./version.ts";

/** A command reads its own words and answers with the process's exit code. */
type Command = (words: readonly string[]) => Promise<number>;

const COMMANDS: Readonly<Record<string, { readonly summary: string; readonly load: () => Promise<Command> }>> = {
  serve: { summary: "Run the service", load: async () => (await import("./serve.ts")).serve },
  doctor: {
    summary: "Check that database and values fit each other, and repair",
    load: async () => (await import("./doctor.ts")).doctor,
  },
  backup: {
    summary: "Back up database and values into a folder",
    load: async () => (await import("./backup.ts")).backup,
  },
  restore: {
    summary: "Make an empty store from a backup, or check a backup",
    load: async () => (await import("./restore.ts")).restore,
  },
};

const HELP = `Namespace KV ${VERSION}: a key-value store with namespaces, its values in your own bucket.

Usage: nskv <command> [options]

Commands:
${Object.entries(COMMANDS)
  .map(([name, { summary }]) => `  ${name.padEnd(10)} ${summary}`)
  .join("\n")}

Options:
  --help      Show this text, or that of a command: nskv serve --help
  --version   Show the version
`;

async function main([name, ...words]: readonly string[]): Promise<number> {
  if (name === undefined || name === "--help" || name === "-h" || name === "help") {
    process.stdout.write(HELP);
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v") {
    process.stdout.write(`${VERSION}\n`);
    return 0;
  }
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (!command) {
    process.stderr.write(`nskv: there is no command '${name}'. Run "nskv --help" to see those there are.\n`);
    return 2;
  }
  return (await command.load())(words);
}

/** Node.js would end with code 13 and without a word: the program waits, and nothing is left that could answer it. */
const tellDefect = () =>
  void process.stderr.write(
    "nskv: ended before it was done, as nothing is left that it could wait for. This is a defect of the program: please report it together with the log.\n",
  );

process.once("beforeExit", tellDefect);
process.exitCode = await main(process.argv.slice(2));
process.off("beforeExit", tellDefect);
