import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { commandsOf, type Example, examples, importedBy, isImport } from "./examples.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { must, mustBeEmpty } from "./outcome.ts";

const README = new URL("../../README.md", import.meta.url);

/** What the examples say that somebody else has written. */
const OF_OTHERS = [
  { namespace: "company", key: "owner", body: '"data team"' },
  { namespace: "company", key: "database/password", body: '"canary-7e02"' },
];

const all = await examples();
const configurations = all.filter((example) => example.path.endsWith(".tf") && !isImport(example));
const imports = all.filter(isImport);
const resources = configurations.filter(({ path }) => path.startsWith("resources/"));
const provider = configurations.filter(({ path }) => path.startsWith("provider/"));
const others = configurations.filter((example) => !resources.includes(example) && !provider.includes(example));

terraformOnEachPair("what users copy", ({ terraform, begin, service }) => {
  /** Each in a file of its own, so that Terraform's messages say which it is. */
  const fileOf = ({ path }: Example) => join(terraform().folder, path.replaceAll("/", "-"));
  const add = async (added: readonly Example[]) => {
    for (const example of added) await writeFile(fileOf(example), example.text);
  };

  it("every resource's examples apply together, and stay as they are", async () => {
    expect(resources.length).toBeGreaterThan(1);
    for (const { namespace, key, body } of OF_OTHERS)
      expect((await kvAt(service().address, namespace).put(key, body)).ok).toBe(true);
    await begin("");
    await add(resources);
    must(await terraform().apply());
    await mustBeEmpty(terraform());
  });

  it("every import takes over what it names, and nothing is left to do", async () => {
    for (const example of imports) {
      must(await terraform().run(["state", "rm", ...importedBy(example)]));
      if (example.path.endsWith(".tf")) {
        await add([example]);
        must(await terraform().apply());
        await rm(fileOf(example)); // two ways to import the same are one too many
      }
      for (const command of commandsOf(example)) must(await terraform().run(command));
    }
    await mustBeEmpty(terraform());
  });

  it("the examples of all that reads them apply, stay as they are, and all is destroyed", async () => {
    expect(others.length).toBeGreaterThan(5);
    await add(others);
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
  });
});

terraformOnEachPair("how users begin", ({ terraform, begin, service }) => {
  it("the provider's example is valid", async () => {
    await begin(provider.map(({ text }) => text).join("\n"));
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
