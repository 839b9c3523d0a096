import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { codeBlock } from "./page.ts";

const EXAMPLES = fileURLToPath(new URL("../../examples/terraform", import.meta.url));

/** The files that stand beside a page's schema, by name. The names are those that terraform-plugin-docs knows, and `notes.md`. */
export type Examples = ReadonlyMap<string, string>;

/** @param folder such as `resources/namespace_kv` */
export async function examplesOf(folder: string): Promise<Examples> {
  const path = `${EXAMPLES}/${folder}`;
  const names = await readdir(path).catch(() => []);
  return new Map(
    await Promise.all(names.sort().map(async (name) => [name, await readFile(`${path}/${name}`, "utf8")] as const)),
  );
}

/** The names of the folders below one kind of examples, such as the types of all resources. */
export const exampledIn = (kind: string): Promise<string[]> => readdir(`${EXAMPLES}/${kind}`).catch(() => []);

/** The section of the examples whose names begin with `stem`: first `resource.tf`, then `resource-lifetime.tf` and so on. */
export function exampleSection(examples: Examples, folder: string, stem: string): string {
  const names = [...examples.keys()].filter((name) => name.startsWith(stem) && /\.(tf|tfquery\.hcl)$/.test(name));
  const first = names.find((name) => name.startsWith(`${stem}.`));
  if (first === undefined)
    throw new Error(`examples/terraform/${folder}/${stem}.tf is missing: every page begins with an example.`);
  const ordered = [first, ...names.filter((name) => name !== first)];
  return ["## Example Usage", ...ordered.map((name) => codeBlock("terraform", examples.get(name) ?? ""))].join("\n\n");
}
