import { execFileSync } from "node:child_process";
import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { PROVIDER_SOURCE } from "../../scripts/provider-mirror.ts";
import { newerSchemas } from "../support/schema-json.ts";
import { installed } from "../support/terraform-features.ts";
import { findTfplugindocs } from "../support/tfplugindocs.ts";
import { inWorkspace } from "./on-pairs.ts";
import { must } from "./outcome.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

const tool = findTfplugindocs();

/** OpenTofu prints schemas in a form of its own, and the tool is Terraform's. */
const isTerraform = installed?.tool === "Terraform";
if (installed && !isTerraform)
  console.warn("docs/ is judged by the registry's tool with Terraform alone, and left out with OpenTofu.");

describe.skipIf(!tool || !isTerraform)("the pages in docs/, judged by the registry's tool", () => {
  const { terraform, begin } = inWorkspace();
  let schema: string;

  beforeAll(async () => {
    await begin('provider "namespace" {}\n');
    const printed = await terraform().run(["providers", "schema", "-json"]);
    must(printed);
    const { [PROVIDER_SOURCE]: ours } = JSON.parse(printed.stdout).provider_schemas;
    expect(Object.keys(ours.resource_schemas)).toContain("namespace_kv");
    schema = join(terraform().folder, "schema.json");
    // The tool knows a provider only by its bare name, or as HashiCorp's own.
    const namespace = { ...newerSchemas(), ...ours };
    await writeFile(schema, JSON.stringify({ format_version: "1.0", provider_schemas: { namespace } }));
  });

  const run = (command: string, ...args: string[]): string =>
    execFileSync(tool ?? "", [command, "--provider-name", "namespace", "--providers-schema", schema, ...args], {
      encoding: "utf8",
      stdio: "pipe",
    });

  it("they are valid, and there is one for each type and each function", () => {
    const said = run("validate", "--provider-dir", ROOT);
    expect(said).toContain("running file checks on docs/resources/kv.md");
    expect(said).toContain("running file mismatch check");
  });

  it("they describe attributes and arguments as the tool itself does", async () => {
    const folder = join(terraform().folder, "generated");
    await mkdir(folder);
    await cp(join(ROOT, "examples", "terraform"), join(folder, "examples"), { recursive: true });
    run("generate", "--provider-dir", folder);
    const written = (await readdir(join(folder, "docs"), { recursive: true })).filter((name) => name.endsWith(".md"));
    expect(written.length).toBeGreaterThan(10);
    // Beside a type that is called as the provider it takes that one's schema for any name without "namespace_".
    const names = written.filter((name) => name !== "data-sources/namespaces.md");
    for (const name of names) {
      const [theirs, ours] = await Promise.all([
        sections(join(folder, "docs", name)),
        sections(join(ROOT, "docs", name)),
      ]);
      expect({ name, sections: ours }).toEqual({ name, sections: theirs });
    }
  });
});

/** The sections that a program writes, without their comments. */
async function sections(page: string): Promise<string[]> {
  const text = (await readFile(page, "utf8")).replaceAll(/<!-- .* -->\n/g, "");
  return text
    .split(/^(?=## )/m)
    .filter((section) => /^## (Schema|Signature|Arguments|Import)\n/.test(section))
    .map((section) => section.trim());
}
