import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { terraformOnEachPair } from "./on-pairs.ts";
import { must, mustBeEmpty } from "./outcome.ts";

const EXAMPLES = new URL("../../examples/terraform/", import.meta.url);
const README = new URL("../../README.md", import.meta.url);

const example = (path: string): Promise<string> => readFile(new URL(path, EXAMPLES), "utf8");

terraformOnEachPair("what users copy", ({ terraform, begin, service }) => {
  it("the resource's examples apply and stay as they are", async () => {
    const folder = "resources/namespace_kv/";
    const files = (await readdir(new URL(folder, EXAMPLES))).filter((file) => file.endsWith(".tf"));
    await begin((await Promise.all(files.map((file) => example(folder + file)))).join("\n"));
    must(await terraform().apply());
    await mustBeEmpty(terraform());
  });

  it("its import.sh takes the key over, and nothing is left to do", async () => {
    must(await terraform().run(["state", "rm", "namespace_kv.retries"]));
    const commands = (await example("resources/namespace_kv/import.sh")).split("\n");
    const words = commands.find((line) => line.startsWith("terraform "))?.split(" ") ?? [];
    must(await terraform().run(words.slice(1)));
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
  });

  it("the data source's example reads what somebody else wrote", async () => {
    const address = `${service().address}/api/v1/main/namespaces/company/kv/owner`;
    await fetch(address, { method: "PUT", body: "data team" });
    await begin(await example("data-sources/namespace_kv/data-source.tf"));
    must(await terraform().apply());
    expect((await terraform().show()).values?.outputs?.["owner"]?.value).toBe("data team");
  });

  it("the provider's example is valid", async () => {
    await begin(await example("provider/provider.tf"));
    must(await terraform().run(["validate"]));
  });

  it("the README's configuration applies and stays as it is", async () => {
    const [, config = ""] = /```terraform\n([\s\S]*?)```/.exec(await readFile(README, "utf8")) ?? [];
    await begin(config.replace("http://127.0.0.1:8080", service().address));
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
  });
});
