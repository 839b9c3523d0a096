import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, must, mustBeEmpty } from "./outcome.ts";

const FOLDER = new URL("../../examples/terraform/", import.meta.url);
const read = (file: string) => readFile(new URL(file, FOLDER), "utf8");

/** All of a folder's configuration, as Terraform itself would read it. */
async function configIn(folder: string): Promise<string> {
  const files = (await readdir(new URL(folder, FOLDER))).filter((file) => file.endsWith(".tf"));
  return (await Promise.all(files.map((file) => read(`${folder}/${file}`)))).join("\n");
}

terraformOnEachPair("the examples", ({ terraform, service, begin }) => {
  it("the demo's configuration applies, stays as it is, and is destroyed", async () => {
    await begin(await configIn("demo"));
    const planned = await terraform().plan();
    must(planned, 2);
    const made = Object.values(changesOf(planned)).filter((change) => change === "create");
    expect(made.length).toBeGreaterThan(5);
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
    expect((await terraform().show()).values?.root_module).toBeUndefined();
  });

  it("those of the documentation apply, and the import is as it is written", async () => {
    await kvAt(service().address, "company").put("owner", '"data team"');
    await begin(`${await configIn("resources/namespace_kv")}\n${await configIn("data-sources/namespace_kv")}`);
    must(await terraform().apply());
    await mustBeEmpty(terraform());

    const command = /^terraform (import (\S+) \S+)$/m.exec(await read("resources/namespace_kv/import.sh"));
    must(await terraform().run(["state", "rm", command?.[2] ?? "nothing"]));
    must(await terraform().run(command?.[1]?.split(" ") ?? []));
    await mustBeEmpty(terraform());

    await begin(await configIn("provider"));
    must(await terraform().run(["validate", "-no-color"]));
  });
});
