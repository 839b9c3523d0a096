import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { isLeftOut } from "../support/terraform-features.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/terraform", import.meta.url));

/** A file that users copy from. */
export interface Example {
  /** Such as `resources/namespace_kv/resource.tf`. */
  readonly path: string;
  readonly text: string;
}

/** All files of examples/terraform, but those of the demo, that the installed Terraform can run; it is said which it cannot. */
export async function examples(): Promise<readonly Example[]> {
  const found = await readdir(EXAMPLES, { recursive: true, withFileTypes: true });
  const paths = found.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const all = await Promise.all(
    paths.sort().map(async (path) => ({ path: path.slice(EXAMPLES.length + 1), text: await readFile(path, "utf8") })),
  );
  return all.filter(({ path, text }) => !isLeftOut(`examples/terraform/${path}`, text) && !path.startsWith("demo/"));
}

const IMPORTS = /\/import(-by-\w[\w-]*)?\.(tf|sh)$/;

/** Whether it shows how to import what the examples beside it make. */
export const isImport = ({ path }: Example): boolean => IMPORTS.test(path);

/** The addresses that it imports to. */
export const importedBy = ({ text }: Example): string[] =>
  [...text.matchAll(/^(?:terraform import |\s*to\s*=\s*)'?([\w.]+)/gm)].map(([, address = ""]) => address);

/** The commands of Terraform that a shell example has, each as its arguments. */
export const commandsOf = ({ text }: Example): string[][] =>
  text
    .split("\n")
    .filter((line) => line.startsWith("terraform "))
    .map((line) =>
      line
        .split(" ")
        .slice(1)
        .map((word) => word.replace(/^'(.*)'$/, "$1")),
    );
