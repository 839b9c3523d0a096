import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock } from "./hcl.ts";
import { inWorkspace, terraformOnEachPair } from "./on-pairs.ts";
import { mustBeEmpty } from "./outcome.ts";

const NAMESPACE = "canary.team";
const one = (key: string, value: string) =>
  kvBlock(key, { namespace: `"${NAMESPACE}"`, key: `"${key}"`, value: `sensitive("${value}")` });

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
});
