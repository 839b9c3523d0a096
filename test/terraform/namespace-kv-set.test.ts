import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { setBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, must, mustBeEmpty } from "./outcome.ts";
import { foundAt } from "./store.ts";
import { startWatched, type Watched } from "./watched.ts";

const NAMESPACE = "set.team";
const ADDRESS = "namespace_kv_set.all";

type Said = Readonly<Record<string, string>>;

terraformOnEachPair("a set of keys", ({ terraform, service, begin }) => {
  const http = () => kvAt(service().address, NAMESPACE);
  const found = (key: string) => foundAt(service().address, NAMESPACE, key);
  const through = ({ address }: Watched, said: Said) =>
    `provider "namespace" {\n  endpoint = "${address}"\n}\n${setBlock("all", { namespace: `"${NAMESPACE}"`, ...said })}`;

  it("is created, changed and destroyed, and only what differs is written", async () => {
    const watched = await startWatched(service().address);
    const values = (more: string) => `{
      "a/text"   = "hello"
      "a/number" = 0.1
      "a/bool"   = true
      "a/list"   = [1, "two", null]
      "a/object" = { b = { c = [true] } }
      "a/null"   = null
      "a/day"    = "2030-01-31"
      ${more}
    }`;
    const types = '{ "a/day" = "DATE", "a/text" = "STRING" }';
    await http().put("stranger", "1");
    await begin(through(watched, { values: values(""), types }));
    must(await terraform().apply());
    expect(watched.seen()).toEqual([
      "GET kv?limit",
      "POST kv:batch put a/bool, put a/day, put a/list, put a/null, put a/number, put a/object, put a/text",
    ]);
    expect(await Promise.all(["a/text", "a/number", "a/list", "a/object", "a/null", "a/day"].map(found))).toEqual([
      'STRING "hello"',
      "NUMBER 0.1",
      'JSON [1,"two",null]',
      'JSON {"b":{"c":[true]}}',
      "JSON null",
      'DATE "2030-01-31"',
    ]);
    const [state] = (await terraform().show()).values?.root_module?.resources ?? [];
    expect(state?.values).toMatchObject({ id: NAMESPACE, unmanaged_keys: ["stranger"], authoritative: false });
    await mustBeEmpty(terraform());
    expect(watched.seen()).toEqual(["GET kv?limit"]);

    await terraform().write(
      through(watched, {
        values: values('"a/new" = 1')
          .replace("0.1", "0.2")
          .replace(/.*bool.*/, ""),
        types,
      }),
    );
    const planned = await terraform().plan();
    must(planned, 2);
    expect(changesOf(planned)).toEqual({ [ADDRESS]: "update values.a/bool, values.a/new, values.a/number" });
    expect(planned.stdout).toMatch(/~ "a\/number" += 0\.1 -> 0\.2/);
    watched.seen();
    must(await terraform().apply());
    expect(watched.seen()).toEqual(["GET kv?limit", "POST kv:batch put a/new, put a/number, delete a/bool"]);
    expect(await found("a/bool")).toBeUndefined();
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
    expect(await Promise.all(["a/text", "a/new", "stranger"].map(found))).toEqual([undefined, undefined, "NUMBER 1"]);
    await watched.close();
  });
});
