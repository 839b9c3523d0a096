import { readdir, readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, must, mustBeEmpty } from "./outcome.ts";

const FOLDER = new URL("../../examples/terraform/demo/", import.meta.url);

terraformOnEachPair("the demo's configuration", ({ terraform, begin }) => {
  it("applies, stays as it is, and is destroyed", async () => {
    const files = (await readdir(FOLDER)).filter((file) => file.endsWith(".tf"));
    const config = await Promise.all(files.map((file) => readFile(new URL(file, FOLDER), "utf8")));
    await begin(config.join("\n"));
    const planned = await terraform().plan();
    must(planned, 2);
    const made = Object.values(changesOf(planned)).filter((change) => change === "create");
    expect(made.length).toBeGreaterThan(5);
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
    expect((await terraform().show()).values?.root_module).toBeUndefined();
  });
});
