import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, errorsOf, must, mustBeEmpty } from "./outcome.ts";
import { placeStandIn, stateFile } from "./stand-in.ts";

/** What the provider wrote before `namespace_kv` had more than value, type, TTL and description. */
const OLD = new URL("states/version-0/", import.meta.url);
const STORED = {
  string: { body: '"hello"', query: "?ttl=P300D&description=Why" },
  number: { body: "9007199254740993", query: "" },
  huge: { body: "1e400", query: "" },
  date: { body: "2030-01-31", query: "" },
  duration: { body: "P1D", query: "" },
  json: { body: '{"a":{"ü":true},"b":[1,null,"x",[],{}]}', query: "" },
};
const STAND_IN = `terraform {
  required_providers {
    stand = { source = "terraform.local/test/stand" }
  }
}

resource "stand_in" "it" {
  name = "old"
  size = 9007199254740993
}
`;

terraformOnEachPair("a state of an older version", ({ terraform, service, begin }) => {
  const beginWith = async (config: string, state: string) => {
    await begin(config);
    await writeFile(join(terraform().folder, "terraform.tfstate"), state);
  };
  const old = (file: string) => readFile(new URL(file, OLD), "utf8");

  it("that lacks attributes which came later is read, and changes nothing", async () => {
    const at = kvAt(service().address, "old.team");
    const said = { description: "Old", labels: { a: "b" }, maxRevisions: 5, defaultTtl: "P1D" };
    const headers = { "Content-Type": "application/json" };
    await at.send("PUT", "/namespaces/old.team", { body: JSON.stringify(said), headers });
    for (const [key, { body, query }] of Object.entries(STORED)) expect((await at.put(key, body, query)).ok).toBe(true);
    await beginWith(await old("main.tf"), await old("state.json"));
    const unread = await terraform().plan("-refresh=false");
    must(unread);
    expect(changesOf(unread)).toEqual({});
    await mustBeEmpty(terraform());
    must(await terraform().apply("-refresh-only"));
    const { etag } = await (await at.get("number")).json();
    const state = await readFile(join(terraform().folder, "terraform.tfstate"), "utf8");
    expect(state).toContain(etag);
    expect(state).toContain("9007199254740993");
  });

  it("is brought up step by step, with every digit", async () => {
    await placeStandIn(terraform(), "terraform.local/test/stand");
    const attributes = '{ "title": "old", "size": "9007199254740993" }';
    const provider = "terraform.local/test/stand";
    await beginWith(STAND_IN, stateFile(provider, [{ address: "stand_in.it", version: 0, attributes }]));
    must(await terraform().init());
    await mustBeEmpty(terraform());
    must(await terraform().apply("-refresh-only"));
    const state = await readFile(join(terraform().folder, "terraform.tfstate"), "utf8");
    expect(state).toContain('"size": 9007199254740993');
    expect(state).toContain('"schema_version": 2');

    await beginWith(STAND_IN, stateFile(provider, [{ address: "stand_in.it", version: 3, attributes }]));
    const newer = await terraform().plan();
    must(newer, 1);
    expect(errorsOf(newer)[0]).toMatch(/newer provider version/);
  });
});
