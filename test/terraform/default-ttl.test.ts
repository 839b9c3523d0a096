import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { must, mustBeEmpty } from "./outcome.ts";

const NAMESPACE = "default-ttl.team";
const configOf = (value: string) => kvBlock("k", { namespace: `"${NAMESPACE}"`, key: '"k"', value });

terraformOnEachPair("a namespace's default TTL", ({ terraform, service, begin }) => {
  it("ends a key whose configuration names no TTL, and is no change", async () => {
    const at = kvAt(service().address, NAMESPACE);
    const said = JSON.stringify({ defaultTtl: "P1D" });
    expect((await at.send("PUT", `/namespaces/${NAMESPACE}`, { body: said })).status).toBe(200);
    await begin(configOf("1"));
    for (const value of ["1", "2"]) {
      await terraform().write(configOf(value));
      must(await terraform().apply());
      await mustBeEmpty(terraform());
      const { ttl, expirationDate, updateDate } = await (await at.get("k")).json();
      expect(ttl).toBeNull();
      expect(Date.parse(expirationDate) - Date.parse(updateDate)).toBe(86_400_000);
    }
  });
});
