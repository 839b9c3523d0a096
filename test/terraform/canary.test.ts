import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock } from "./hcl.ts";
import { inWorkspace, terraformOnEachPair } from "./on-pairs.ts";
import { mustBeEmpty } from "./outcome.ts";

const NAMESPACE = "canary.team";
const one = (key: string, value: string) =>
  kvBlock(key, { namespace: `"${NAMESPACE}"`, key: `"${key}"`, value: `sensitive("${value}")` });

/** From an ephemeral variable: what stands in a configuration stands in the plan as well, whatever the provider does. */
const secret = (key: string, version: number, type = "STRING") =>
  kvBlock(key, {
    ...{ namespace: `"${NAMESPACE}"`, key: `"${key}"`, value_wo: "var.secret", value_wo_version: `${version}` },
    type: `"${type}"`,
  });
const VARIABLE = 'variable "secret" {\n  type = string\n  ephemeral = true\n}\n';

terraformOnEachPair("a canary among the values", ({ service }) => {
  // Not TF_LOG: in Terraform's own part of that log each value of a state stands, whatever the provider does.
  const { terraform, begin } = inWorkspace(() => service().address, { TF_LOG_PROVIDER: "TRACE" });

  it("is in no plan, no error, nor in the log of provider or service", async () => {
    await begin(one("first", "canary-one"));
    const ran = [await terraform().apply()];
    await mustBeEmpty(terraform());
    const at = kvAt(service().address, NAMESPACE);
    await at.put("first", '"canary-two"');
    await at.put("taken", '"canary-three"');
    await terraform().write(one("first", "canary-four") + one("taken", "canary-five"));
    ran.push(await terraform().plan(), await terraform().apply(), await terraform().destroy());
    expect(ran.map(({ exitCode }) => exitCode)).toEqual([0, 2, 1, 0]);
    const printed = ran.map(({ stdout, stderr }) => `${stdout}\n${stderr}`).join("\n");
    expect(printed).toContain("plugin process exited"); // the log is there
    expect(printed).not.toContain("canary-");
    expect(service().log()).not.toContain("canary-");
  });

  it("that is write-only is in no state and no plan either, nor in what is said of its drift", async () => {
    const at = kvAt(service().address, NAMESPACE);
    const is = (value: string) => `-var=secret=canary-${value}`;
    await begin(VARIABLE + secret("hidden", 1));
    const ran = [await terraform().apply(is("six"))];
    await at.put("hidden", '"canary-seven"');
    await at.put("taken", '"canary-eight"');
    await terraform().write(VARIABLE + secret("hidden", 2) + secret("taken", 1));
    const planned = await terraform().plan(is("nine"));
    const files = await filesOf(terraform().folder);
    const binaryPlan = execFileSync("unzip", ["-p", join(terraform().folder, "test.tfplan")]);
    ran.push(planned, await terraform().apply(is("ten")), await terraform().apply("-refresh-only", is("eleven")));
    await terraform().write(VARIABLE + secret("hidden", 3, "DATE"));
    ran.push(await terraform().apply(is("twelve")));
    expect(ran.map(({ exitCode }) => exitCode)).toEqual([0, 2, 1, 0, 1]);

    const shown = [planned.json, await terraform().show()].map((json) => JSON.stringify(json));
    const printed = ran.map(({ stdout, stderr }) => `${stdout}\n${stderr}`);
    const kept = [...files, ...(await filesOf(terraform().folder))];
    expect(kept.map(({ name }) => name)).toContain("terraform.tfstate");
    expect(shown.join("")).toContain('"value_wo_version":2');
    const texts = [...shown, ...printed, ...kept.map(({ text }) => text), binaryPlan.toString("latin1")];
    // In base64 as well, which is how a plan would carry bytes.
    for (const text of [...texts, service().log()]) expect(text).not.toMatch(/canary-|Y2FuYXJ5L|NhbmFyeS|jYW5hcnkt/);
  });
});

/** What Terraform keeps: states, backups and plans; not the configuration. */
async function filesOf(folder: string): Promise<{ readonly name: string; readonly text: string }[]> {
  const names = (await readdir(folder)).filter((name) => /tfstate|tfplan/.test(name));
  return Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), "latin1") })));
}
