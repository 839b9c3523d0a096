import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULTS } from "../service/config.ts";
import { backupStore } from "../service/maintenance.ts";
import { counted, explain, maintain, STORES_HELP, sizeText, WrongUse } from "./maintenance.ts";
import { VERSION } from "./version.ts";

const HELP = `Back up database and values into a folder, consistent with each other.

Usage: nskv backup --to FOLDER [--data FOLDER] [--prune] [--json]

On real servers the service may run meanwhile: the backup is the state of one moment, and nothing that it needs is
deleted before it ends. The embedded store has to be stopped first. A second backup into the same folder copies only
values that are new; until it has ended, the one before stays as it was. The folder holds all values and the key of
their digests: keep it as safe as the store.

Options:
  --to FOLDER     Where the backup goes; made when it is missing
  --data FOLDER   Folder of the embedded store (default ${DEFAULTS.data})
  --prune         Remove values from the folder that this backup does not name any more
  --json          Print what was done as one JSON document
  --help          Show this text

${STORES_HELP}
Exit codes: 0 the backup is finished, 1 it is not, 2 wrong use.
`;

const OPTIONS = {
  to: { type: "string" },
  data: { type: "string" },
  prune: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Exit codes: 0 finished, 1 not, 2 wrong use. */
export async function backup(words: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    if (!values.to) throw new WrongUse("Say where the backup goes: --to FOLDER.");
    const folder = resolve(values.to);
    const made = await maintain(values.data, (maintenance) =>
      backupStore(maintenance, folder, { program: VERSION, prune: values.prune ?? false }),
    );
    const { manifest, copied, pruned } = made;
    const { takenAt, tables, objects } = manifest;
    const rows = Object.fromEntries(tables.map(({ name, file }) => [name, file.lines]));
    const entries = rows["entries"] ?? 0;
    const { count, bytes } = objects;
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ folder, takenAt, rows, objects: { count, bytes }, copied, pruned })}\n`
        : `Backed up ${counted(entries, "key")} as of ${takenAt}: ${counted(count, "object")}, ${sizeText(bytes)}, ` +
            `of them ${copied.objects.toLocaleString("en")} new. Check it with: nskv restore --check --from ${folder}\n`,
    );
    return 0;
  } catch (error) {
    const { text, code } = explain("backup", error, 1);
    process.stderr.write(`nskv backup: ${text}\n`);
    return code;
  }
}
