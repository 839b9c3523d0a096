import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildProvider } from "../../scripts/build-provider.ts";
import { platformName } from "../../scripts/provider-mirror.ts";
import type { TerraformWorkspace } from "../support/terraform.ts";
import { installed } from "../support/terraform-features.ts";

/** Where Kestra's provider comes from. OpenTofu looks in its own registry for what a state has from Terraform's. */
export const KESTRA = `registry.${installed?.tool === "OpenTofu" ? "opentofu.org" : "terraform.io"}/kestra-io/kestra`;

/** Puts the stand-in (test/support/stand-in.main.ts) into a workspace's mirror, as a provider of that address. */
export async function placeStandIn({ folder }: TerraformWorkspace, address: string): Promise<void> {
  const place = join(dirname(folder), "mirror", ...address.split("/"), "1.0.0", platformName());
  await mkdir(place, { recursive: true });
  const program = await buildProvider(join(dirname(folder), "stand-in"), "test/support/stand-in.main.ts");
  await writeFile(join(place, "package.json"), '{"type":"commonjs"}\n');
  await copyFile(program, join(place, `terraform-provider-${address.slice(address.lastIndexOf("/") + 1)}`));
}

/** A state file with these resources, as Terraform 1.11 writes one. */
export const stateFile = (
  provider: string,
  resources: readonly { readonly address: string; readonly version: number; readonly attributes: string }[],
): string => `{
  "version": 4,
  "terraform_version": "1.11.4",
  "serial": 1,
  "lineage": "48237b86-66c4-0270-2210-c6038d2cf4e1",
  "outputs": {},
  "resources": [${resources
    .map(({ address, version, attributes }) => {
      const [type, name] = address.split(".");
      return `{
    "mode": "managed", "type": "${type}", "name": "${name}", "provider": "provider[\\"${provider}\\"]",
    "instances": [{ "schema_version": ${version}, "attributes": ${attributes}, "sensitive_attributes": [], "private": "bnVsbA==" }]
  }`;
    })
    .join(",")}]
}
`;
