import { execFileSync } from "node:child_process";

/** The command to call, and how it names itself. */
export interface TerraformBinary {
  readonly command: string;
  /** Such as `Terraform v1.11.4`. */
  readonly name: string;
}

/** Terraform, or OpenTofu where that is what the machine has. Undefined when it has neither. */
export function findTerraform(): TerraformBinary | undefined {
  for (const command of ["terraform", "tofu"]) {
    try {
      // Without its own look-up of newer versions, and whatever CLI configuration the user has.
      const env = { ...process.env, CHECKPOINT_DISABLE: "1", TF_CLI_CONFIG_FILE: "/dev/null" };
      const printed = execFileSync(command, ["version"], {
        env,
        encoding: "utf8",
        stdio: ["ignore", "pipe", "ignore"],
      });
      return { command, name: printed.split("\n", 1)[0] ?? command };
    } catch {
      // Not there; the other may be.
    }
  }
  return undefined;
}

export const TERRAFORM_MISSING = `Neither terraform nor tofu is in PATH. Install one of them and run the command again:
  Terraform  https://developer.hashicorp.com/terraform/install
  OpenTofu   https://opentofu.org/docs/intro/install`;
