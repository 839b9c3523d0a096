import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { setBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must, mustBeEmpty, said } from "./outcome.ts";
import { foundAt } from "./store.ts";
import { startWatched } from "./watched.ts";

const NAMESPACE = "many.team";
/** One more than a batch takes. */
const COUNT = 10_001;

const keyOf = (n: number): string => `k/${`${n}`.padStart(5, "0")}`;
const VALUES = Object.fromEntries(Array.from({ length: COUNT }, (_, n) => [keyOf(n), `value ${n}`]));

terraformOnEachPair("a set of ten thousand keys", ({ terraform, service, begin }) => {
  it("is written batch by batch, goes on where it failed, and is refreshed in twelve requests at most", async () => {
    const watched = await startWatched(service().address);
    const requests = () => watched.seen().map((request) => request.slice(0, 25));
    const found = (key: string) => foundAt(service().address, NAMESPACE, key);
    watched.meddle((request, response) => {
      if (request !== "POST kv:batch put k/10000") return false;
      response.writeHead(501, { "Content-Type": "text/plain" }).end();
      return true;
    });
    const block = setBlock("all", { namespace: `"${NAMESPACE}"`, values: JSON.stringify(VALUES) });
    await begin(`provider "namespace" {\n  endpoint = "${watched.address}"\n}\n${block}`);

    const half = await terraform().apply();
    must(half, 1);
    expect(errorsOf(half)).toHaveLength(2);
    expect(said(half)).toMatch(/10000 keys of 10001 were written, and the state says which\..*"terraform untaint"/);
    expect([await found("k/09999"), await found("k/10000")]).toEqual(['STRING "value 9999"', undefined]);
    const [state] = (await terraform().show()).values?.root_module?.resources ?? [];
    expect(Object.keys(state?.values["values"] as object)).toHaveLength(COUNT - 1);
    must(await terraform().run(["untaint", "namespace_kv_set.all"]));
    watched.meddle(() => false);
    expect(requests()).toEqual(["GET kv?limit", "POST kv:batch put k/00000", "POST kv:batch put k/10000"]);
    must(await terraform().apply());
    expect(requests().filter((request) => request.includes(" put "))).toEqual(["POST kv:batch put k/10000"]);

    await mustBeEmpty(terraform());
    const refresh = requests();
    expect(refresh.length).toBeLessThanOrEqual(12);
    expect(refresh.every((request) => request.startsWith("GET kv?"))).toBe(true);

    await kvAt(service().address, NAMESPACE).put("k/00007", '"theirs"');
    const one = await terraform().plan();
    must(one, 2);
    expect(one.stdout).toMatch(/~ "k\/00007" += "theirs" -> "value 7"/);
    expect(requests().filter((request) => request.startsWith("POST"))).toEqual(["POST kv:batch get k/00007"]);
    await watched.close();
  }, 180_000);
});
