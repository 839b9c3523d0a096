import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must, said } from "./outcome.ts";
import { startWatched } from "./watched.ts";

const EXAMPLE = new URL("../../examples/terraform/data-sources/namespace_kvs/data-source.tf", import.meta.url);

terraformOnEachPair("the data source of many keys", ({ terraform, service, begin }) => {
  const outputs = async () => {
    const found = (await terraform().show()).values?.outputs ?? {};
    return Object.fromEntries(Object.entries(found).map(([name, { value }]) => [name, value]));
  };
  const data = (name: string, attributes: string, of: string) =>
    `data "namespace_kvs" "${name}" {\n  namespace = "many.team"\n${attributes}\n}\noutput "${name}" {\n  value = data.namespace_kvs.${name}.${of}\n}\n`;

  it("reads what the filters leave, in the order of the keys", async () => {
    const http = kvAt(service().address, "many.team");
    for (const [key, body, query] of [
      ["b/number", "0.5"],
      ["a/object", '{"x":[1,null]}'],
      ["a/text", '"hello"'],
      ["a/day", "2030-01-31", "?type=DATE"],
      ["a/null", "null"],
      ["a/😀", "true"],
    ] as const)
      await http.put(key, body, query);
    await http.patch("a/text", { labels: { team: "data" }, description: "Why", ttl: "P1D" });
    await http.put("a/expired", "1", "?ttl=PT0.01S");
    await kvAt(service().address, "many").put("a/text", '"of the parent"');
    await kvAt(service().address, "many").put("a/parent", "1");
    const watched = await startWatched(service().address);
    await begin(
      [
        `provider "namespace" {\n  endpoint = "${watched.address}"\n}\n`,
        data("all", "", "values"),
        data("prefix", '  prefix = "a/"', "keys"),
        data("glob", '  glob = "a/?*t"', "keys"),
        data("both", '  prefix = "a/t"\n  glob = "*"', "keys"),
        data("type", '  type = "DATE"', "keys"),
        data("labels", '  labels = { team = "data" }', 'entries["a/text"]'),
        data("inherit", '  inherit = true\n  glob = "a/[pt]*"', "keys"),
        data("inherited", '  inherit = true\n  prefix = "a/"', "values"),
        data("nothing", '  prefix = "nothing"', "values"),
        data("bare", '  prefix = "a/"\n  include_values = false', "values"),
      ].join(""),
    );
    must(await terraform().apply());
    const values = {
      "a/day": "2030-01-31",
      "a/null": null,
      "a/object": { x: [1, null] },
      "a/text": "hello",
      "a/😀": true,
    };
    expect(await outputs()).toMatchObject({
      all: { ...values, "b/number": 0.5 },
      prefix: Object.keys(values),
      glob: ["a/object", "a/text"],
      both: ["a/text"],
      type: ["a/day"],
      labels: {
        namespace: "many.team",
        type: "STRING",
        revision: 2,
        description: "Why",
        labels: { team: "data" },
        ttl: "PT24H",
        updated_by: "anonymous",
      },
      inherit: [],
      inherited: { ...values, "a/parent": 1 },
      nothing: {},
    });
    const requests = watched.seen();
    expect(requests.filter((request) => request.startsWith("POST")).length).toBeLessThan(requests.length);
    const bare = requests.filter((request) => request === "GET kv?limit&prefix").length;
    expect(bare).toBeGreaterThan(0);
    await watched.close();
  });

  it("reads what the example says", async () => {
    const http = kvAt(service().address, "company.web");
    await http.put("flags/a", "true");
    await http.put("team/config", "1");
    await http.patch("team/config", { labels: { team: "data" } });
    await begin(await readFile(EXAMPLE, "utf8"));
    must(await terraform().apply());
    expect(await outputs()).toEqual({ flags: { "flags/a": true }, owned: ["team/config"] });
  });

  it("says what is wrong with its filters, and which value Terraform cannot hold", async () => {
    await kvAt(service().address, "bad.team").put("twice", '{"canary":1,"canary":2}');
    const block = (name: string, attributes: string) => `data "namespace_kvs" "${name}" {\n${attributes}\n}\n`;
    await begin(
      block("a", '  namespace = "a..b"') +
        block("b", '  namespace = "b"\n  type = "text"') +
        block("c", `  namespace = "c"\n  glob = ""\n  prefix = "${"k".repeat(257)}"`),
    );
    const refused = await terraform().plan();
    must(refused, 1);
    expect(
      errorsOf(refused)
        .map((error) => /Invalid \w+/.exec(error)?.[0])
        .sort(),
    ).toEqual(["Invalid glob", "Invalid namespace", "Invalid prefix", "Invalid type"]);
    await begin(block("d", '  namespace = "bad.team"'));
    const unheld = await terraform().plan();
    must(unheld, 1);
    expect(errorsOf(unheld)[0]).toMatch(/"bad\.team\/twice": .*twice.*include_values = false/);
    expect(said(unheld)).not.toContain("canary");
  });
});
