import type { Examples } from "./examples.ts";
import { codeBlock } from "./page.ts";

const BLOCK = "[`import` block](https://developer.hashicorp.com/terraform/language/import)";
const COMMAND = "[`terraform import` command](https://developer.hashicorp.com/terraform/cli/commands/import)";

/** The ways to import, from the files that show them. */
const WAYS = [
  {
    file: "import-by-identity.tf",
    language: "terraform",
    intro: `In Terraform v1.12.0 and later, the ${BLOCK} can be used with the \`identity\` attribute, for example:`,
  },
  {
    file: "import-by-string-id.tf",
    language: "terraform",
    intro: `In Terraform v1.5.0 and later, the ${BLOCK} can be used with the \`id\` attribute, for example:`,
  },
  { file: "import.sh", language: "shell", intro: `The ${COMMAND} can be used, for example:` },
] as const;

/** Empty for what cannot be imported. */
export function importSection(examples: Examples, identity: string): string {
  const ways = WAYS.flatMap(({ file, language, intro }) => {
    const text = examples.get(file);
    if (text === undefined) return [];
    return [intro, codeBlock(language, text), ...(file === "import-by-identity.tf" ? [identity] : [])];
  });
  return ways.length === 0
    ? ""
    : ["## Import", "Import is supported using the following syntax:", ...ways].join("\n\n");
}
