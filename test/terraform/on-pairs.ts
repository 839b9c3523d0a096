import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect } from "vitest";
import { type OnPair, onEachSinglePair } from "../integration/pairs.ts";
import { type TerraformWorkspace, terraformMissing, terraformWorkspace } from "../support/terraform.ts";
import { must } from "./outcome.ts";

export interface OnWorkspace {
  /** One folder for all tests of a `describe`, initialised once: its state goes on from test to test. */
  readonly terraform: () => TerraformWorkspace;
  /** Replaces the configuration and begins with an empty state, whatever the store holds. */
  begin(config: string): Promise<void>;
}

/** Runs the same tests with the real Terraform against the real program, on each storage pair. */
export function terraformOnEachPair(name: string, tests: (on: OnPair & OnWorkspace) => void): void {
  describe.skipIf(terraformMissing)("Terraform", () => {
    onEachSinglePair(name, (on) => tests({ ...on, ...inWorkspace(() => on.service().address) }));
  });
}

/**
 * Gives the tests of a `describe` a workspace; afterwards no provider may have left its socket behind.
 * @param env what Terraform and the provider see besides
 */
export function inWorkspace(endpoint?: () => string, env: Readonly<Record<string, string>> = {}): OnWorkspace {
  let workspace: TerraformWorkspace;
  let temporary: string;
  beforeAll(async () => {
    temporary = await mkdtemp(join(tmpdir(), "nskv-"));
    const reached = endpoint ? { endpoint: endpoint() } : {};
    workspace = await terraformWorkspace({ ...reached, config: "", env: { ...env, TMPDIR: temporary } });
    must(await workspace.init());
  });
  afterAll(async () => {
    await workspace?.cleanup();
    const sockets = (await readdir(temporary)).filter((file) => file.startsWith("plugin"));
    await rm(temporary, { recursive: true, force: true });
    expect(sockets).toEqual([]);
  });
  return {
    terraform: () => workspace,
    async begin(config) {
      for (const file of ["terraform.tfstate", "terraform.tfstate.backup"])
        await rm(join(workspace.folder, file), { force: true });
      await workspace.write(config);
    },
  };
}
