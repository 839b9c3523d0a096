import { expect, it } from "vitest";
import { kvBlock } from "./hcl.ts";
import { NAMESPACE, ROWS } from "./lifecycle.rows.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, must, mustBeEmpty, said } from "./outcome.ts";
import { foundAt } from "./store.ts";

const configOf = (step: "first" | "second") =>
  ROWS.map(({ key, [step]: said }) =>
    said ? kvBlock(key, { namespace: `"${NAMESPACE}"`, key: `"${key}"`, ...said }) : "",
  ).join("\n");

terraformOnEachPair("life of a key", ({ terraform, service, begin }) => {
  const found = (key: string, namespace = NAMESPACE) => foundAt(service().address, namespace, key);

  it("all seven types are created exactly as they are written, and the next plan is empty", async () => {
    await begin(configOf("first"));
    must(await terraform().apply());
    for (const row of ROWS) expect([row.key, await found(row.key)]).toEqual([row.key, row.found[0]]);
    await mustBeEmpty(terraform());
  });

  it("the plan shows each change for what it is: in place, replace, delete, create, or none", async () => {
    await terraform().write(configOf("second"));
    const planned = await terraform().plan();
    must(planned, 2);
    const expected = ROWS.flatMap(({ key, change }) => (change ? [[`namespace_kv.${key}`, change]] : []));
    expect(changesOf(planned)).toEqual(Object.fromEntries(expected));
    const replaced = planned.json?.resource_changes?.filter(({ change }) => change.replace_paths);
    expect(replaced?.map(({ address, change }) => [address, change.replace_paths])).toEqual([
      ["namespace_kv.key-changed", [["key"]]],
      ["namespace_kv.namespace-changed", [["namespace"]]],
    ]);
    const text = said(planned);
    expect(text).toMatch(/~ value += 3 -> 5 /);
    expect(text).toMatch(/~ type += "STRING" -> "NUMBER" /);
    expect(text).toMatch(/~ key += "key-changed" -> "key\/ä changed" # forces replacement/);
    expect(text).toMatch(/Plan: 3 to add, \d+ to change, 3 to destroy\./);
  });

  it("apply does what the plan showed, and the next plan is empty", async () => {
    must(await terraform().apply());
    for (const { key, found: expected, moved } of ROWS) {
      if (moved) expect([key, await found(key)]).toEqual([key, undefined]);
      expect([key, await found(moved?.key ?? key, moved?.namespace)]).toEqual([key, expected[1]]);
    }
    await mustBeEmpty(terraform());
  });

  it("destroy leaves nothing", async () => {
    must(await terraform().destroy());
    expect((await terraform().show()).values).toBeUndefined();
    for (const { key, moved } of ROWS)
      expect(await found(moved?.key ?? key, moved?.namespace ?? NAMESPACE)).toBeUndefined();
  });
});
