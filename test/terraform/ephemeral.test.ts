import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { quoted } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must, said } from "./outcome.ts";

const EXAMPLE = new URL("../../examples/terraform/ephemeral-resources/namespace_kv/", import.meta.url);

/** Fails when the value is not what it should be, which shows that it was read, as nothing else can show it. */
const CHECKED = `
check "password" {
  assert {
    condition     = ephemeral.namespace_kv.password.value == "canary-5d1e" && ephemeral.namespace_kv.password.type == "STRING"
    error_message = "The password is another one."
  }
}
`;

terraformOnEachPair("ephemeral resource", ({ terraform, service, begin }) => {
  it("reads a value that neither the plan nor the state holds", async () => {
    expect((await kvAt(service().address, "company").put("database/password", '"canary-5d1e"')).ok).toBe(true);
    await begin((await readFile(new URL("ephemeral-resource.tf", EXAMPLE), "utf8")) + CHECKED);
    const planned = await terraform().plan();
    must(planned);
    const applied = await terraform().apply();
    must(applied);
    expect(JSON.stringify([planned, applied])).not.toContain("The password is another one");
    expect(JSON.stringify([planned, applied, await terraform().show()])).not.toContain("canary-5d1e");
  });

  it("takes a default, looks above, and reads what it is told to read", async () => {
    const at = kvAt(service().address, "company.team");
    for (const value of ['"old"', '{"a":1,"a":2}']) await at.put("canary", value);
    await kvAt(service().address, "company").put("above", "[1]");
    const rows = [
      {
        name: "default",
        key: "none",
        option: "default = 7",
        condition: "value == 7 && !ephemeral.namespace_kv.default.exists",
      },
      { name: "above", key: "above", option: "inherit = true", condition: 'found_in == "company"' },
      { name: "older", key: "canary", option: "revision = 1", condition: 'value == "old"' },
      {
        name: "exact",
        key: "canary",
        option: "decode_value = false",
        condition: `value_json == ${quoted('{"a":1,"a":2}')}`,
      },
    ];
    const config = rows.map(({ name, key, option, condition }) => {
      const assertion = `condition = ephemeral.namespace_kv.${name}.${condition}\n    error_message = "It is another one."`;
      return `ephemeral "namespace_kv" "${name}" {\n  namespace = "company.team"\n  key = "${key}"\n  ${option}\n}\ncheck "${name}" {\n  assert {\n    ${assertion}\n  }\n}\n`;
    });
    await begin(config.join("\n"));
    const applied = await terraform().apply();
    must(applied);
    expect(said(applied)).not.toContain("It is another one");
  });

  it("a key that is not there is an error that names it", async () => {
    await begin('ephemeral "namespace_kv" "missing" {\n  namespace = "company"\n  key       = "nowhere"\n}\n');
    const planned = await terraform().plan();
    must(planned, 1);
    expect(errorsOf(planned)[0]).toMatch(/nowhere.*company/);
  });
});
