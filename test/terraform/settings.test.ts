import { describe, expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { terraformMissing } from "../support/terraform.ts";
import { kvBlock } from "./hcl.ts";
import { inWorkspace, terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must, mustBeEmpty, mustNotShowInsides } from "./outcome.ts";
import { foundAt } from "./store.ts";

const provider = (settings: string) => `provider "namespace" {\n${settings}\n}\n`;
const one = kvBlock("one", { namespace: '"settings.team"', key: '"k"', value: "1" });

terraformOnEachPair("settings", ({ service }) => {
  // The environment names a port where nothing listens; only the argument leads to the service.
  const { terraform, begin } = inWorkspace(() => "http://127.0.0.1:9");

  it("the argument `endpoint` beats NSKV_ENDPOINT", async () => {
    await begin(provider(`  endpoint = "${service().address}"`) + one);
    must(await terraform().apply());
    expect(await foundAt(service().address, "settings.team", "k")).toBe("NUMBER 1");
    await mustBeEmpty(terraform());
  });

  it("`tenant` keeps tenants apart", async () => {
    await begin(provider(`  endpoint = "${service().address}/"\n  tenant = "other"`) + one.replace("1", "2"));
    must(await terraform().apply());
    expect((await (await kvAt(service().address, "settings.team", "/api/v1/other").get("k")).json()).value).toBe(2);
    expect(await foundAt(service().address, "settings.team", "k")).toBe("NUMBER 1");
  });
});

describe.skipIf(terraformMissing)("Terraform settings that are missing or wrong", () => {
  const { terraform, begin } = inWorkspace();

  it.each([
    { what: "no endpoint at all", settings: "", says: /endpoint.*NSKV_ENDPOINT/ },
    { what: "an endpoint without a scheme", settings: '  endpoint = "127.0.0.1:8080"', says: /endpoint.*http:\/\// },
    { what: "an endpoint that is no address", settings: '  endpoint = "nonsense"', says: /endpoint.*http:\/\// },
    {
      what: "a tenant that cannot be one",
      settings: '  endpoint = "http://127.0.0.1:9"\n  tenant = "a/b"',
      says: /tenant/,
    },
  ])("$what is an error that names the setting", async ({ settings, says }) => {
    await begin(provider(settings) + one);
    const planned = await terraform().plan();
    must(planned, 1);
    mustNotShowInsides(planned);
    expect(errorsOf(planned)).toHaveLength(1);
    expect(errorsOf(planned)[0]).toMatch(says);
  });
});
