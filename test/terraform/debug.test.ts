import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { type TerraformWorkspace, terraformWorkspace } from "../support/terraform.ts";
import { kvBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { must, mustBeEmpty } from "./outcome.ts";

const PROVIDER = "dist/provider/terraform-provider-namespace";

/** Starts the provider by hand, and answers the setting that it prints for Terraform. */
async function startProvider(endpoint: string): Promise<{ readonly process: ChildProcess; readonly setting: string }> {
  const child = spawn(process.execPath, [PROVIDER, "--debug"], {
    env: { ...process.env, NSKV_ENDPOINT: endpoint },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  for await (const text of child.stdout.setEncoding("utf8")) {
    printed += text;
    const setting = /export TF_REATTACH_PROVIDERS='(.*)'/.exec(printed)?.[1];
    if (setting !== undefined) return { process: child, setting };
  }
  throw new Error(`The provider ended:\n${printed}`);
}

terraformOnEachPair("a provider that runs under a debugger", ({ service }) => {
  let provider: Awaited<ReturnType<typeof startProvider>>;
  let workspace: TerraformWorkspace;
  beforeAll(async () => {
    provider = await startProvider(service().address);
    // Terraform itself knows no endpoint: only the process that was started by hand does.
    workspace = await terraformWorkspace({ config: "", env: { TF_REATTACH_PROVIDERS: provider.setting } });
    must(await workspace.init());
  });
  afterAll(async () => {
    await workspace?.cleanup();
    provider?.process.kill("SIGINT");
    if (provider) expect(await once(provider.process, "exit")).toEqual([130, null]);
  });

  it("serves one run of Terraform after another, each of which sees what is there", async () => {
    const at = kvAt(service().address, "debug.team");
    const keys = ["a", "b", "c", "d"];
    await workspace.write(
      keys.map((key) => kvBlock(key, { namespace: '"debug.team"', key: `"${key}"`, value: "1" })).join(""),
    );
    must(await workspace.apply());
    await mustBeEmpty(workspace);
    await at.put("c", "2");
    must(await workspace.plan(), 2);
    must(await workspace.destroy());
    expect((await at.get("c")).status).toBe(404);
    expect(provider.process.exitCode).toBeNull();
  });
});
