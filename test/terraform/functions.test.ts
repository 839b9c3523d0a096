import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must } from "./outcome.ts";

const EXAMPLES = new URL("../../examples/terraform/functions/", import.meta.url);
const FUNCTIONS = ["parse_id", "kv_id", "canonical_json", "duration_seconds", "duration_iso"];

terraformOnEachPair("functions", ({ terraform, begin }) => {
  it("the example of each is called by a configuration", async () => {
    const examples = FUNCTIONS.map((name) => readFile(new URL(`${name}/function.tf`, EXAMPLES), "utf8"));
    await begin((await Promise.all(examples)).join("\n"));
    must(await terraform().apply());
    const outputs = (await terraform().show()).values?.outputs ?? {};
    const read = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    expect(read).toEqual({
      parts: { namespace: "company.team", key: "flags/dark-mode" },
      id: "company.team/flags/dark-mode",
      canonical: '{"limit":12345678901234567890,"name":"a"}',
      seconds: 93_600,
      duration: "PT26H",
    });
  });

  it("an argument that is not known yet makes a result that is not known yet", async () => {
    const late =
      'resource "terraform_data" "late" {}\noutput "late" {\n  value = provider::namespace::kv_id("a", terraform_data.late.id)\n}\n';
    await begin(late);
    const planned = await terraform().plan();
    must(planned, 2);
    expect(planned.stdout).toMatch(/late += \(known after apply\)/);
    must(await terraform().apply());
  });

  it.each([
    { call: 'kv_id("a", null)', argument: "key", reason: /must not be null/ },
    { call: 'kv_id("a", "")', argument: "key", reason: /1 to 256 code points/ },
    { call: 'kv_id("a..b", "k")', argument: "namespace", reason: /dotted path/ },
    { call: 'duration_seconds("P1M")', argument: "duration", reason: /ISO 8601 duration/ },
  ])("$call points to its argument", async ({ call, argument, reason }) => {
    await begin(`output "wrong" {\n  value = provider::namespace::${call}\n}\n`);
    const planned = await terraform().plan();
    must(planned, 1);
    expect(errorsOf(planned)[0]?.replace(/\s+/g, " ")).toMatch(reason);
    expect(errorsOf(planned)[0]).toContain(`"${argument}"`);
  });
});
