import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { DRIFTED, RESPELLED, type Row } from "./drift.rows.ts";
import { kvBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, must, mustBeEmpty, said } from "./outcome.ts";
import { foundAt } from "./store.ts";

const NAMESPACE = "drift.team";

const configOf = (rows: readonly Omit<Row, "change">[]) =>
  rows.map(({ key, config }) => kvBlock(key, { namespace: `"${NAMESPACE}"`, key: `"${key}"`, ...config })).join("\n");

terraformOnEachPair("changes outside", ({ terraform, service, begin }) => {
  const at = () => kvAt(service().address, NAMESPACE);
  const change = async (rows: readonly Omit<Row, "change">[]) => {
    for (const { key, outside } of rows) expect([key, (await outside(at(), key)).ok]).toEqual([key, true]);
  };
  const storeOf = async (rows: readonly { readonly key: string }[]) =>
    Promise.all(rows.map(async ({ key }) => [key, await foundAt(service().address, NAMESPACE, key)]));

  it("are shown attribute by attribute, and apply repairs each of them", async () => {
    await begin(configOf(DRIFTED));
    must(await terraform().apply());
    const before = await storeOf(DRIFTED);
    await change(DRIFTED);

    const planned = await terraform().plan();
    must(planned, 2);
    expect(changesOf(planned)).toEqual(
      Object.fromEntries(DRIFTED.map(({ key, change }) => [`namespace_kv.${key}`, change])),
    );
    const noticed = planned.json?.resource_drift?.map(({ address }) => address).sort();
    expect(noticed).toEqual(DRIFTED.map(({ key }) => `namespace_kv.${key}`).sort());
    const text = said(planned);
    expect(text).toMatch(/~ value += 5 -> 3 /);
    expect(text).toContain("0.1000000000000000000000000000002 -> 0.1000000000000000000000000000001");
    expect(text).toMatch(/~ ttl += "PT1H" -> "P1D" /);
    expect(text).toMatch(/~ description += "Theirs" -> "Ours" /);
    expect(text).toMatch(/Warning: .*expired.* \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/);
    expect(text).toContain(`${DRIFTED.filter(({ change }) => change !== "create").length} to change, 0 to destroy.`);

    must(await terraform().apply());
    expect(await storeOf(DRIFTED)).toEqual(before);
    await mustBeEmpty(terraform());
  });

  it("of spelling alone are no change, and are left as they are", async () => {
    await begin(configOf(RESPELLED));
    must(await terraform().apply());
    await change(RESPELLED);
    const outside = await storeOf(RESPELLED);
    await mustBeEmpty(terraform());
    must(await terraform().apply());
    expect(await storeOf(RESPELLED)).toEqual(outside);
  });
});
