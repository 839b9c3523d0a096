import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must } from "./outcome.ts";

const EXAMPLES = new URL("../../examples/terraform/data-sources/", import.meta.url);

terraformOnEachPair("data sources of namespaces", ({ terraform, service, begin }) => {
  it("read what others declared, and the names below a namespace", async () => {
    const http = kvAt(service().address, "company");
    const headers = { "Content-Type": "application/json" };
    const body = JSON.stringify({ id: "company", labels: { owner: "data" }, defaultTtl: "P1D" });
    expect((await http.send("POST", "/namespaces", { headers, body })).status).toBe(200);
    await kvAt(service().address, "company.a.b").put("key", "1");
    await kvAt(service().address, "companyx").put("key", "1");
    const examples = ["namespace", "namespaces"].map((name) =>
      readFile(new URL(`${name}/data-source.tf`, EXAMPLES), "utf8"),
    );
    const more = `
data "namespaces" "none" {
  provider = namespace
  under    = "nowhere"
}
data "namespace" "parent" { name = "company.a" }
output "none" { value = data.namespaces.none.names }
output "declared" { value = [data.namespace.company.declared, data.namespace.parent.declared] }
output "ttl" { value = [data.namespace.company.default_ttl, data.namespace.parent.default_ttl] }
`;
    await begin([...(await Promise.all(examples)), more].join("\n"));
    must(await terraform().apply());
    const outputs = (await terraform().show()).values?.outputs ?? {};
    const read = Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
    expect(read).toEqual({
      labels: { owner: "data" },
      names: ["company", "company.a", "company.a.b"],
      none: [],
      declared: [true, false],
      ttl: ["PT24H", null],
    });
    must(await terraform().plan());
  });

  it("a namespace that is not there is an error that names it", async () => {
    await begin('data "namespace" "missing" {\n  name = "nowhere.at.all"\n}\n');
    const planned = await terraform().plan();
    must(planned, 1);
    expect(errorsOf(planned)[0]).toMatch(/nowhere\.at\.all/);
  });
});
