import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, errorsOf, must, mustBeEmpty } from "./outcome.ts";

const EXAMPLE = new URL("../../examples/terraform/resources/namespace/", import.meta.url);
const NAME = "declared.team";

const blockOf = (attributes: string, name = NAME) =>
  `resource "namespace" "it" {\n  name = "${name}"\n${attributes}\n}\n`;

const FULL = `  description = "Why"
  labels = { owner = "data", "odd name" = "é" }
  allowed_namespaces = ["b.c", "a"]
  max_revisions = 3
  default_ttl = "P1D"`;

terraformOnEachPair("namespace", ({ terraform, service, begin }) => {
  const http = (method: string, path: string, body?: object) =>
    kvAt(service().address, NAME).send(method, path, {
      ...(body && { body: JSON.stringify(body), headers: { "Content-Type": "application/json" } }),
    });
  const found = async () => (await http("GET", `/namespaces/${NAME}`)).json<Record<string, unknown>>();

  it("is created, stays as it is, changes, and is destroyed", async () => {
    await begin(blockOf(FULL));
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    expect(await found()).toMatchObject({
      declared: true,
      description: "Why",
      labels: { owner: "data", "odd name": "é" },
      maxRevisions: 3,
      defaultTtl: "PT24H",
    });
    await terraform().write(blockOf('  description = "Other"'));
    must(await terraform().plan(), 2);
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    const { description, labels, maxRevisions, defaultTtl, allowedNamespaces } = await found();
    expect({ description, labels, maxRevisions, defaultTtl, allowedNamespaces }).toEqual({
      description: "Other",
      labels: {},
    });
    must(await terraform().destroy());
    expect((await http("GET", `/namespaces/${NAME}`)).status).toBe(404);
  });

  it("shows what was changed by hand, and repairs it; what only Kestra knows stays", async () => {
    await begin(blockOf(FULL));
    must(await terraform().apply());
    const hand = { description: "by hand", labels: { owner: "data" }, defaultTtl: null, variables: { a: 1 } };
    expect((await http("PATCH", `/namespaces/${NAME}`, hand)).status).toBe(200);
    const planned = await terraform().plan();
    must(planned, 2);
    expect(planned.stdout).toMatch(/description\s+= "by hand" -> "Why"/);
    expect(planned.stdout).toMatch(/\+ default_ttl\s+= "P1D"/);
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    expect(await found()).toMatchObject({ description: "Why", defaultTtl: "PT24H", variables: { a: 1 } });
    must(await terraform().destroy());
  });

  it("a change between plan and apply is not overwritten", async () => {
    await begin(blockOf(FULL));
    must(await terraform().apply());
    await terraform().write(blockOf('  description = "ours"'));
    must(await terraform().run(["plan", "-no-color", "-input=false", "-out=saved.tfplan"]));
    await http("PATCH", `/namespaces/${NAME}`, { description: "theirs" });
    const ran = await terraform().run(["apply", "-no-color", "-input=false", "saved.tfplan"]);
    must(ran, 1);
    expect(errorsOf(ran)[0]).toMatch(/Namespace changed outside Terraform.*terraform plan/);
    expect(await found()).toMatchObject({ description: "theirs" });
    must(await terraform().destroy());
  });

  it("with keys is destroyed by force_destroy only", async () => {
    await begin(blockOf(""));
    must(await terraform().apply());
    await kvAt(service().address, NAME).put("key", "1");
    const refused = await terraform().destroy();
    must(refused, 1);
    expect(errorsOf(refused)[0]).toMatch(/Namespace still has keys.*force_destroy = true/);
    await terraform().write(blockOf("  force_destroy = true"));
    const planned = await terraform().plan();
    must(planned, 2);
    expect(planned.json?.resource_changes?.[0]?.change.after).toMatchObject({ revision: 1 });
    must(await terraform().apply());
    must(await terraform().destroy());
    expect((await http("GET", `/namespaces/${NAME}`)).status).toBe(404);
  });

  it("deleted by hand is planned anew, also while its keys are there", async () => {
    await begin(blockOf(FULL));
    must(await terraform().apply());
    expect((await http("DELETE", `/namespaces/${NAME}`)).status).toBe(204);
    await kvAt(service().address, NAME).put("key", "1");
    const planned = await terraform().plan();
    must(planned, 2);
    expect(changesOf(planned)).toEqual({ "namespace.it": "create" });
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    await http("DELETE", `/namespaces/${NAME}?force=true`);
    must(await terraform().destroy());
  });

  it("that exists is imported, not taken over", async () => {
    await begin(blockOf(FULL));
    await http("POST", "/namespaces", { id: NAME, description: "theirs" });
    const refused = await terraform().apply();
    must(refused, 1);
    expect(errorsOf(refused)[0]).toContain(`terraform import namespace.<name> ${NAME}`);
    must(await terraform().importState("namespace.it", NAME));
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
    const missing = await terraform().importState("namespace.it", NAME);
    must(missing, 1);
    expect(errorsOf(missing)[0]).toMatch(/does not exist/);
  });

  it.each([
    { attributes: "  max_revisions = 0", says: /whole number from 1 to 1000/ },
    { attributes: '  default_ttl = "1 day"', says: /ISO 8601/ },
    { attributes: '  allowed_namespaces = ["a..b"]', says: /dotted path/ },
  ])("$attributes is refused before anything is planned", async ({ attributes, says }) => {
    await begin(blockOf(attributes));
    const refused = await terraform().run(["validate", "-no-color"]);
    must(refused, 1);
    expect(errorsOf(refused)[0]).toMatch(says);
  });

  it("the example applies, stays as it is, and is imported as import.sh says", async () => {
    await begin(await readFile(new URL("resource.tf", EXAMPLE), "utf8"));
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    must(await terraform().run(["state", "rm", "namespace.team"]));
    const commands = (await readFile(new URL("import.sh", EXAMPLE), "utf8")).split("\n");
    const words = commands.find((line) => line.startsWith("terraform "))?.split(" ") ?? [];
    must(await terraform().run(words.slice(1)));
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
  });
});
