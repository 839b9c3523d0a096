import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, must, mustBeEmpty, said } from "./outcome.ts";
import { foundAt } from "./store.ts";

const NAMESPACE = "write-only.team";
const one = (value: string, version: number) =>
  kvBlock("it", { namespace: `"${NAMESPACE}"`, key: '"it"', value_wo: value, value_wo_version: `${version}` });
const DRIFT = { "namespace_kv.it": "update value_wo_version" };

terraformOnEachPair("a write-only value", ({ terraform, service, begin }) => {
  const at = () => kvAt(service().address, NAMESPACE);
  const found = () => foundAt(service().address, NAMESPACE, "it");

  it("that somebody else changed is planned again, however often the state is refreshed", async () => {
    await begin(one('"ours"', 3));
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    expect((await at().put("it", '"theirs"')).ok).toBe(true);

    const planned = await terraform().plan();
    must(planned, 2);
    expect(changesOf(planned)).toEqual(DRIFT);
    expect(said(planned)).toMatch(/value_wo_version += 3/);
    expect(said(planned)).toMatch(
      /Warning: Write-only value changed outside Terraform .*"write-only\.team\/it" .* revision 2, changed by \S+ through/,
    );

    for (let refreshes = 0; refreshes < 2; refreshes++) must(await terraform().apply("-refresh-only"));
    expect(changesOf(await terraform().plan())).toEqual(DRIFT);
    expect(changesOf(await terraform().plan("-refresh=false"))).toEqual(DRIFT);

    // The very value that was written is no difference any more, whoever put it back.
    await at().put("it", '"ours"');
    await mustBeEmpty(terraform());
    await at().put("it", '"theirs"');
    must(await terraform().apply());
    expect(await found()).toBe('STRING "ours"');
    await mustBeEmpty(terraform());
  });

  it("comes from an ephemeral resource, and is written when its version says so", async () => {
    await at().put("source", '{"password":"one"}');
    const source = `ephemeral "namespace_kv" "source" {\n  namespace = "${NAMESPACE}"\n  key = "source"\n}\n`;
    const configOf = (version: number) => source + one("ephemeral.namespace_kv.source.value.password", version);
    await begin(configOf(1));
    await at().delete("it");
    must(await terraform().apply());
    expect(await found()).toBe('STRING "one"');
    await at().put("source", '{"password":2}');
    await terraform().write(configOf(2));
    must(await terraform().apply());
    expect(await found()).toBe("NUMBER 2");
    await mustBeEmpty(terraform());
  });
});
