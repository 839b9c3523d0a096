import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { DEFAULTS } from "../service/config.ts";
import { restoreStore, verifyBackup } from "../service/maintenance.ts";
import { counted, explain, maintain, STORES_HELP, sizeText, WrongUse } from "./maintenance.ts";

const HELP = `Make an empty store from a backup, or check the backup.

Usage: nskv restore --from FOLDER [--data FOLDER] [--check] [--json]

The store must be empty and no service may run on it: a new database and a new bucket, or a folder that does not exist
yet. Backups of both kinds of stores go into both, so this is also how one moves from the embedded store to real servers.
All checksums are checked. A restore that was interrupted has made no key visible; run it again to finish it.

Options:
  --from FOLDER   Where the backup is
  --data FOLDER   Folder of the embedded store to make (default ${DEFAULTS.data})
  --check         Only read the backup, all of it, and tell whether it is whole
  --json          Print what was done as one JSON document
  --help          Show this text

${STORES_HELP}
Exit codes: 0 restored, or whole; 1 refused, damaged or interrupted; 2 wrong use.
`;

const OPTIONS = {
  from: { type: "string" },
  data: { type: "string" },
  check: { type: "boolean" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/** Exit codes: 0 restored or whole, 1 refused, damaged or interrupted, 2 wrong use. */
export async function restore(words: readonly string[]): Promise<number> {
  try {
    const { values } = parseArgs({ args: [...words], options: OPTIONS });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    if (!values.from) throw new WrongUse("Say where the backup is: --from FOLDER.");
    const folder = resolve(values.from);
    const { manifest, copied } = await maintain(values.data, async (maintenance) =>
      values.check
        ? { manifest: await verifyBackup(maintenance, folder), copied: 0 }
        : restoreStore(maintenance, folder),
    );
    const { takenAt, tables, objects } = manifest;
    const rows = Object.fromEntries(tables.map(({ name, file }) => [name, file.lines]));
    const { count, bytes } = objects;
    const what = `${counted(rows["entries"] ?? 0, "key")} as of ${takenAt}, ${counted(count, "object")}, ${sizeText(bytes)}`;
    const done = values.check
      ? `The backup is whole: ${what}.\n`
      : `Restored ${what}. Now run "nskv doctor", then "nskv serve".\n`;
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ folder, takenAt, rows, objects: { count, bytes }, copied, checkedOnly: values.check ?? false })}\n`
        : done,
    );
    return 0;
  } catch (error) {
    const { text, code } = explain("restore", error, 1);
    process.stderr.write(`nskv restore: ${text}\n`);
    return code;
  }
}
