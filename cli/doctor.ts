import { parseArgs } from "node:util";
import { DEFAULTS } from "../service/config.ts";
import { examineStore } from "../service/maintenance.ts";
import { reportText } from "./doctor-report.ts";
import { explain, maintain, STORES_HELP, WrongUse } from "./maintenance.ts";

const HELP = `Check that every key has its value, every value its row, and every count its truth; repair what is asked for.

Usage: nskv doctor [--fix | --fix=restore-previous | --fix=drop-lost] [--deep] [--data FOLDER] [--json]

On real servers the service may run meanwhile. The embedded store has to be stopped first. Without --fix nothing is
changed. What looks wrong is looked at twice, so that writers raise no false alarm.

Options:
  --fix           Repair what loses nothing: counts, missing rows, rows of objects that are gone, objects that broken
                  uploads left more than a day ago
  --fix=restore-previous
                  Besides, for each key whose value is lost: make its newest revision current that has its bytes. Keys
                  without one are left as they are
  --fix=drop-lost Besides, delete each key whose value is lost. Both ways take lost revisions out of the history
  --deep          Read every value, and compare it with its digest
  --data FOLDER   Folder of the embedded store (default ${DEFAULTS.data})
  --json          Print the report as one JSON document
  --help          Show this text

${STORES_HELP}
Exit codes: 0 healthy, or all repaired; 1 findings are left; 2 wrong use, or the check could not be made.
`;

const OPTIONS = {
  fix: { type: "string" },
  deep: { type: "boolean" },
  data: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

const WAYS = ["safe", "restore-previous", "drop-lost"] as const;

/** Exit codes: 0 healthy or all repaired, 1 findings are left, 2 wrong use or no check. */
export async function doctor(words: readonly string[]): Promise<number> {
  try {
    // Alone it takes no word that follows it: only what stands behind its equals sign.
    const args = words.map((word) => (word === "--fix" ? "--fix=safe" : word));
    const { values } = parseArgs({ args, options: OPTIONS });
    if (values.help) {
      process.stdout.write(HELP);
      return 0;
    }
    const fix = values.fix === undefined ? "nothing" : WAYS.find((way) => way === values.fix);
    if (!fix) throw new WrongUse("--fix stands alone, or is --fix=restore-previous or --fix=drop-lost.");
    const report = await maintain(values.data, (maintenance) =>
      examineStore(maintenance, { fix, deep: values.deep ?? false }),
    );
    const left = report.findings.some(({ count, repaired }) => repaired < count);
    process.stdout.write(values.json ? `${JSON.stringify({ healthy: !left, ...report })}\n` : reportText(report, fix));
    return left ? 1 : 0;
  } catch (error) {
    const { text, code } = explain("doctor", error, 2);
    process.stderr.write(`nskv doctor: ${text}\n`);
    return code;
  }
}
