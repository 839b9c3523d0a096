import { BINARY, version } from "./terraform.ts";

type Version = readonly [major: number, minor: number];

/** What only newer versions can do: what a configuration with it holds, and the first version that has it. */
const FEATURES: readonly {
  readonly name: string;
  readonly holds: RegExp;
  readonly Terraform: Version;
  readonly OpenTofu: Version | undefined;
}[] = [
  { name: "functions of providers", holds: /\bprovider::/, Terraform: [1, 8], OpenTofu: [1, 7] },
  { name: "moves between types", holds: /^moved \{/m, Terraform: [1, 8], OpenTofu: [1, 10] },
  { name: "ephemeral resources", holds: /^ephemeral "/m, Terraform: [1, 10], OpenTofu: [1, 11] },
  { name: "write-only attributes", holds: /^\s*\w+_wo\s*=/m, Terraform: [1, 11], OpenTofu: [1, 11] },
  { name: "import by identity", holds: /^\s*identity\s*=/m, Terraform: [1, 12], OpenTofu: [1, 12] },
  { name: "list resources", holds: /^list "/m, Terraform: [1, 14], OpenTofu: undefined },
];

/** Why the installed Terraform cannot run a configuration, for a test that is left out then; undefined when it can. */
export function tooNewFor(config: string): string | undefined {
  if (!installed) return undefined;
  const { tool, version } = installed;
  const missing = FEATURES.filter(({ holds }) => holds.test(config)).filter((feature) => {
    const since = feature[tool];
    return since === undefined || version[0] < since[0] || (version[0] === since[0] && version[1] < since[1]);
  });
  if (missing.length === 0) return undefined;
  return `${tool} ${version.join(".")} does not have: ${missing.map(({ name }) => name).join(", ")}`;
}

/** Whether `what` must be left out, as it needs such a configuration; the reason has been printed then. */
export function isLeftOut(what: string, config: string): boolean {
  const reason = tooNewFor(config);
  if (reason !== undefined) console.warn(`${what} is left out: ${reason}.`);
  return reason !== undefined;
}

/** What NSKV_TEST_TERRAFORM or the path has. */
export const installed = version === undefined ? undefined : parsed(version);

function parsed(printed: string) {
  const [, tool, major, minor] = /^(Terraform|OpenTofu) v(\d+)\.(\d+)/.exec(printed) ?? [];
  if (tool !== "Terraform" && tool !== "OpenTofu") throw new Error(`'${BINARY} version' printed ${printed}`);
  return { tool, version: [Number(major), Number(minor)] } as const;
}
