import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock, quoted } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, errorsOf, must, mustBeEmpty, said } from "./outcome.ts";
import { KESTRA, placeStandIn, stateFile } from "./stand-in.ts";

const NAMESPACE = "moved.team";

/** What Kestra's provider has in its state for a key, and how a user writes the same down here. */
const ROWS = [
  { key: "string", type: "STRING", text: "hello", config: { value: '"hello"' } },
  { key: "number", type: "NUMBER", text: "3", config: { value: "3" } },
  { key: "boolean", type: "BOOLEAN", text: "true", config: { value: "true" } },
  { key: "date", type: "DATE", text: "2030-01-31", config: { value: '"2030-01-31"', type: '"DATE"' } },
  { key: "duration", type: "DURATION", text: "PT5M", config: { value: '"PT5M"', type: '"DURATION"' } },
  { key: "json", type: "JSON", text: '{"a":[1,null]}', config: { value: "{ a = [1, null] }", description: '"Why"' } },
  // Created, and never refreshed since: then Kestra's provider has no type in its state.
  { key: "untyped", type: null, text: "5", config: { value: "5" } },
] as const;

const resource = (key: string, config: Readonly<Record<string, string>>) =>
  kvBlock(key, { namespace: quoted(NAMESPACE), key: quoted(key), ...config });
const moved = (key: string) => `moved {\n  from = kestra_kv.${key}\n  to   = namespace_kv.${key}\n}\n`;

terraformOnEachPair("moved from kestra_kv", ({ terraform, service, begin }) => {
  const at = () => kvAt(service().address, NAMESPACE);
  const beginWith = async (config: string, state: string) => {
    await begin(config);
    await writeFile(join(terraform().folder, "terraform.tfstate"), state);
    await placeStandIn(terraform(), KESTRA);
    must(await terraform().init());
  };

  it("a moved block takes each key over, and nothing is planned but the move", async () => {
    const resources = [];
    for (const { key, type, text, config } of ROWS) {
      const description = "description" in config ? "Why" : "";
      const body = type === "STRING" ? JSON.stringify(text) : text;
      expect((await at().put(key, body, description && `?description=${description}`)).ok).toBe(true);
      const id = `${NAMESPACE}/${key}`;
      const attributes = JSON.stringify({
        id,
        namespace: NAMESPACE,
        key,
        type,
        value: text,
        description,
        tenant_id: "main",
      });
      resources.push({ address: `kestra_kv.${key}`, version: 0, attributes });
    }
    const config = ROWS.map(({ key, config }) => resource(key, config) + moved(key)).join("\n");
    await beginWith(config, stateFile(KESTRA, resources));
    const planned = await terraform().plan();
    must(planned, 2); // a move is something to apply
    expect(changesOf(planned)).toEqual({});
    for (const { key } of ROWS) expect(said(planned)).toContain(`kestra_kv.${key} has moved to namespace_kv.${key}`);
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    for (const { key } of ROWS) expect([key, (await (await at().get(key)).json()).revision]).toEqual([key, 1]);
    expect(await readFile(join(terraform().folder, "terraform.tfstate"), "utf8")).not.toContain("kestra");
  });

  it("a key that has changed meanwhile shows what has changed", async () => {
    await at().put("drifted", "7");
    const attributes = JSON.stringify({ namespace: NAMESPACE, key: "drifted", type: "NUMBER", value: "6" });
    const variable = 'variable "value" {\n  type    = number\n  default = 6\n}\n';
    const source = { address: "kestra_kv.drifted", version: 0, attributes };
    await beginWith(
      variable + resource("drifted", { value: "var.value" }) + moved("drifted"),
      stateFile(KESTRA, [source]),
    );
    const unread = await terraform().apply("-refresh=false", "-var=value=8");
    must(unread, 1);
    expect(errorsOf(unread)[0]).toMatch(/without "-refresh=false"/);
    expect(changesOf(await terraform().plan())).toEqual({ "namespace_kv.drifted": "update value" });
    must(await terraform().apply());
    await mustBeEmpty(terraform());
  });

  it.each([
    {
      what: "another resource",
      type: "stand_in",
      address: KESTRA,
      version: 2,
      says: /Only these can: kestra_kv of kestra-io\/kestra/,
    },
    {
      what: "another provider's",
      type: "kestra_kv",
      address: "terraform.local/test/kestra",
      version: 0,
      says: /of terraform\.local\/test\/kestra cannot become/,
    },
    { what: "another version", type: "kestra_kv", address: KESTRA, version: 1, says: /has version 1 of its schema/ },
  ])("$what is refused, and the error says what to do instead", async ({ type, address, version, says }) => {
    await placeStandIn(terraform(), address);
    const attributes = JSON.stringify({ namespace: NAMESPACE, key: "k", value: "x" });
    const block = `moved {\n  from = ${type}.it\n  to   = namespace_kv.it\n}\n`;
    const state = stateFile(address, [
      { address: `${type}.it`, version, attributes: type === "stand_in" ? "{}" : attributes },
    ]);
    await beginWith(resource("it", { value: '"x"' }) + block, state);
    const planned = await terraform().plan();
    must(planned, 1);
    expect(errorsOf(planned)[0]).toMatch(says);
    expect(errorsOf(planned)[0]).toMatch(/removed block.*import block/);
  });
});
