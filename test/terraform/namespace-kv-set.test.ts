import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { type Kv, kvAt } from "../support/kv.ts";
import { setBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, errorsOf, must, mustBeEmpty, said } from "./outcome.ts";
import { foundAt } from "./store.ts";
import { startWatched, type Watched } from "./watched.ts";

const NAMESPACE = "set.team";
const ADDRESS = "namespace_kv_set.all";

const IMPORTED = [
  ["e/number", "1.50"],
  ["e/object", '{"a":[null]}'],
  ["e/day", "2030-01-31", "?type=DATE"],
  ["e/text", '"x"', "?type=JSON"],
  ["else", "1"],
] as const;

type Said = Readonly<Record<string, string>>;

terraformOnEachPair("a set of keys", ({ terraform, service, begin }) => {
  const http = () => kvAt(service().address, NAMESPACE);
  const found = (key: string) => foundAt(service().address, NAMESPACE, key);
  const through = ({ address }: Watched, said: Said) =>
    `provider "namespace" {\n  endpoint = "${address}"\n}\n${setBlock("all", { namespace: `"${NAMESPACE}"`, ...said })}\nresource "terraform_data" "one" {}\n`;

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
      "a/later"  = terraform_data.one.id
      ${more}
    }`;
    const types = '{ "a/day" = "DATE", "a/text" = "STRING" }';
    await http().put("stranger", "1");
    await begin(through(watched, { values: values(""), types }));
    must(await terraform().apply());
    expect(watched.seen()).toEqual([
      "GET kv?limit",
      "POST kv:batch put a/bool, put a/day, put a/later, put a/list, put a/null, put a/number, put a/object, put a/text",
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
    // The answer is lost, and the repeat is no second write.
    const writes = "POST kv:batch put a/new, put a/number, delete a/bool";
    let lost = false;
    watched.meddle(async (request, response, onward) => {
      if (lost || request !== writes) return false;
      lost = (await onward()).ok;
      response.destroy();
      return true;
    });
    must(await terraform().apply());
    expect(watched.seen()).toEqual(["GET kv?limit", writes, writes]);
    expect((await (await http().get("a/number")).json()).revision).toBe(2);
    expect(await found("a/bool")).toBeUndefined();
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
    expect(await Promise.all(["a/text", "a/new", "stranger"].map(found))).toEqual([undefined, undefined, "NUMBER 1"]);
    await watched.close();
  });

  it("shows what others did to its keys, and repairs it", async () => {
    const watched = await startWatched(service().address);
    const config = {
      prefix: '"b/"',
      types: '{ "b/length" = "DURATION" }',
      values: `{
        "b/value"   = 3
        "b/part"    = { ports = [80, 443] }
        "b/text"    = "5"
        "b/day"     = "2030-01-31"
        "b/gone"    = 1
        "b/expired" = 1
        "b/same"    = { a = 1.0, b = "x" }
        "b/length"  = "P1D"
        "b/noted"   = "kept"
      }`,
    };
    await begin(through(watched, config));
    must(await terraform().apply());
    const keys = ["value", "part", "text", "day", "gone", "expired", "noted"].map((key) => `b/${key}`);
    const before = await Promise.all(keys.map(found));
    watched.seen();

    await http().put("b/value", "5");
    await http().put("b/part", '{"ports":[80,8443]}');
    await http().put("b/text", "5", "?type=NUMBER");
    await http().patch("b/day", { type: "DATE" });
    await http().delete("b/gone");
    await expire(http(), "b/expired");
    await http().put("b/same", '{"b":"x", "a":1}');
    await http().put("b/length", "PT24H", "?type=DURATION");
    await http().patch("b/noted", { description: "Why", labels: { team: "data" } });
    const planned = await terraform().plan();
    must(planned, 2);
    expect(changesOf(planned)).toEqual({
      [ADDRESS]:
        "update values.b/expired, values.b/gone, values.b/part.ports.1, values.b/text, values.b/value, types.b/day",
    });
    expect(planned.stdout).toMatch(/~ "b\/value" += 5 -> 3/);
    expect(said(planned)).toMatch(/Warning: Keys have expired .*one key: "b\/expired"\. The latest did so at \d{4}-/);
    // A changed description alone makes nobody fetch the value.
    expect(watched.seen()).toEqual([
      "GET kv?limit&prefix",
      "POST kv:batch get b/part, get b/same, get b/text, get b/value, get b/expired, get b/gone",
    ]);
    must(await terraform().apply());
    const [, , writes] = watched.seen();
    expect(writes).toBe("POST kv:batch put b/day, put b/expired, put b/gone, put b/part, put b/text, put b/value");
    expect(await Promise.all(keys.slice(0, -1).map(found))).toEqual(before.slice(0, -1));
    expect(await found("b/length")).toBe('DURATION "PT24H"');
    await mustBeEmpty(terraform());

    // What others say of a key outlives a new value.
    await terraform().write(through(watched, { ...config, values: config.values.replace('"kept"', '"new"') }));
    must(await terraform().apply());
    expect(await found("b/noted")).toBe('STRING "new" (Why) {"team":"data"}');

    for (const key of [...keys, "b/same", "b/length"]) await http().delete(key);
    const anew = await terraform().plan();
    must(anew, 2);
    expect(changesOf(anew)).toEqual({ [ADDRESS]: "create" });
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
    await watched.close();
  });

  it("removes keys of others only when it is authoritative, and only those that a plan has named", async () => {
    const set = (more: Said = {}) =>
      setBlock("all", {
        namespace: `"${NAMESPACE}"`,
        prefix: '"c/"',
        values: '{ "c/ours" = 1 }',
        ignore_keys: '["c/lock/*", "c/?"]',
        ...more,
      });
    const theirs = ["c/lock/1", "c/x", "c/one", "c/two", "elsewhere"];
    for (const key of theirs) await http().put(key, "1");
    await begin(set({ authoritative: "true" }));
    const created = await terraform().apply();
    must(created);
    expect(said(created)).toMatch(/Warning: Keys of others were left .*2 keys under the prefix.*"c\/one", "c\/two"/);

    await terraform().write(set());
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    await http().put("c/three", "1");
    const planned = await terraform().plan();
    must(planned);
    expect(planned.json?.resource_drift?.map(({ change }) => change.after?.["unmanaged_keys"])).toEqual([
      ["c/one", "c/three", "c/two"],
    ]);

    await terraform().write(set({ authoritative: "true", values: '{ "c/ours" = 2 }' }));
    const going = await terraform().plan();
    must(going, 2);
    expect(changesOf(going)).toEqual({
      [ADDRESS]: "update values.c/ours, unmanaged_keys.0, unmanaged_keys.1, unmanaged_keys.2",
    });
    expect(said(going)).toMatch(/Warning: Keys of others will be removed .*3 keys.*"c\/one", "c\/three", "c\/two"/);
    must(await terraform().apply());
    expect(await Promise.all(theirs.map(found))).toEqual(["NUMBER 1", "NUMBER 1", undefined, undefined, "NUMBER 1"]);
    await mustBeEmpty(terraform());

    // A pattern less: what it covered is not removed before a plan has named it.
    await terraform().write(set({ authoritative: "true", ignore_keys: '["c/?"]', values: '{ "c/ours" = 2 }' }));
    must(await terraform().apply());
    expect(await found("c/lock/1")).toBe("NUMBER 1");
    expect(said(await terraform().apply())).toContain('removed: "c/lock/1"');
    expect(await found("c/lock/1")).toBeUndefined();
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
    expect(await found("c/x")).toBe("NUMBER 1");
  });

  it("never overwrites what was changed between plan and apply: all of it or nothing is written", async () => {
    // Terraform itself shows the line that an error is about.
    const locals = 'locals {\n  before = "canary-1"\n  after = "canary-2"\n}\n';
    const set = (values: string, more: Said = {}) =>
      locals + setBlock("all", { namespace: `"${NAMESPACE}"`, prefix: '"d/"', values, ...more });
    await begin(
      set('{ "d/changed" = local.before, "d/gone" = 1, "d/dropped" = 1, "d/dropped-gone" = 1, "d/calm" = 1 }'),
    );
    must(await terraform().apply());
    await terraform().write(set('{ "d/changed" = local.after, "d/gone" = 2, "d/calm" = 2, "d/new" = 2 }'));
    const saved = ["-no-color", "-input=false"];
    must(await terraform().run(["plan", ...saved, "-out=saved.tfplan"]));
    for (const key of ["d/changed", "d/dropped", "d/new"]) await http().put(key, '"canary-3"');
    for (const key of ["d/gone", "d/dropped-gone"]) await http().delete(key);
    const ran = await terraform().run(["apply", ...saved, "saved.tfplan"]);
    must(ran, 1);
    const errors = errorsOf(ran);
    expect(errors).toHaveLength(4);
    const about = (key: string) => errors.find((error) => error.includes(`"${NAMESPACE}/${key}"`)) ?? "none";
    const changed = /revision 2, changed by \S+ through the HTTP API at \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;
    expect(about("d/changed")).toMatch(changed);
    expect(about("d/dropped")).toMatch(changed);
    expect(about("d/gone")).toMatch(/deleted/);
    expect(about("d/new")).toMatch(/exists already, at revision 1, changed by .*adopt_existing = true/);
    for (const error of errors) expect(error).toMatch(/Nothing was written\. Run "terraform plan"/);
    expect(said(ran)).not.toContain("canary-");
    expect(await found("d/calm")).toBe("NUMBER 1");

    await http().patch("d/new", { description: "Theirs" });
    await terraform().write(
      set('{ "d/changed" = local.after, "d/gone" = 2, "d/calm" = 2, "d/new" = 2 }', { adopt_existing: "true" }),
    );
    must(await terraform().apply("-refresh-only"));
    must(await terraform().apply());
    expect(await Promise.all(["d/changed", "d/gone", "d/new", "d/dropped"].map(found))).toEqual([
      'STRING "canary-2"',
      "NUMBER 2",
      "NUMBER 2 (Theirs)",
      undefined,
    ]);
    await mustBeEmpty(terraform());

    await http().put("d/changed", '"canary-4"');
    await http().delete("d/gone");
    const refused = await terraform().destroy("-refresh=false");
    must(refused, 1);
    expect(errorsOf(refused)).toHaveLength(1);
    expect(errorsOf(refused)[0]).toMatch(
      /"set\.team\/d\/changed" is now at revision \d+, changed by .*Nothing was deleted/,
    );
    must(await terraform().destroy());
    expect(await Promise.all(["d/changed", "d/calm"].map(found))).toEqual([undefined, undefined]);
  });

  it("is imported with all that is there, and abandons it when told so", async () => {
    for (const [key, body, query] of IMPORTED) await http().put(key, body, query);
    await begin(`import {\n  to = ${ADDRESS}\n  id = "${NAMESPACE}/e/"\n}\n`);
    must(await terraform().run(["plan", "-no-color", "-input=false", "-generate-config-out=generated.tf"]), 0);
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    const [state] = (await terraform().show()).values?.root_module?.resources ?? [];
    expect(state?.values).toMatchObject({
      id: `${NAMESPACE}/e/`,
      prefix: "e/",
      types: { "e/day": "DATE", "e/text": "JSON" },
      values: { "e/day": "2030-01-31", "e/number": 1.5, "e/object": { a: [null] }, "e/text": "x" },
      unmanaged_keys: [],
    });
    await rm(join(terraform().folder, "generated.tf"));
    for (const [id, wrong] of [
      ["", "Invalid import ID"],
      [`${NAMESPACE}/nothing/`, "There are no keys to import"],
      ["not a namespace", "Invalid import ID"],
    ] as const) {
      await begin(setBlock("all", { namespace: '"n"', values: "{}" }));
      const ran = await terraform().importState(ADDRESS, id);
      must(ran, 1);
      if (id !== "") expect(said(ran)).toContain(wrong);
    }
    await begin(
      setBlock("all", { namespace: `"${NAMESPACE}"`, prefix: '"e/"', values: "{}", deletion_policy: '"abandon"' }),
    );
    must(await terraform().importState(ADDRESS, `${NAMESPACE}/e/`));
    await terraform().write(
      setBlock("all", {
        namespace: `"${NAMESPACE}"`,
        prefix: '"e/"',
        values: '{ "e/day" = "2030-01-31" }',
        types: '{ "e/day" = "DATE" }',
        deletion_policy: '"abandon"',
      }),
    );
    must(await terraform().apply());
    must(await terraform().destroy());
    expect(await Promise.all(["e/day", "e/number"].map(found))).toEqual(['DATE "2030-01-31"', undefined]);
  });

  it("gives all keys one TTL, and sees when others have another", async () => {
    const set = (ttl: string) =>
      setBlock("all", {
        namespace: `"${NAMESPACE}"`,
        prefix: '"f/"',
        values: 'tomap({ "f/a" = 1, "f/b" = 2, "f/c" = 3 })',
        ttl,
      });
    await begin(set('"P1D"'));
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    await http().patch("f/a", { ttl: "PT1440M" });
    await mustBeEmpty(terraform());
    await http().patch("f/a", { ttl: "PT1H" });
    await http().put("f/c", '"three"', "?ttl=P1D");
    const planned = await terraform().plan();
    must(planned, 2);
    expect(changesOf(planned)).toEqual({ [ADDRESS]: "update ttl, values.f/c" });
    expect(said(planned)).toMatch(/~ ttl = "mixed" -> "P1D".*Warning: The TTL of keys .*one key: "f\/a"/);
    must(await terraform().apply());
    expect(await Promise.all(["f/a", "f/b"].map(found))).toEqual(["NUMBER 1 for PT24H", "NUMBER 2 for PT24H"]);
    expect((await (await http().get("f/b")).json()).revision).toBe(1);
    await terraform().write(set("null"));
    must(await terraform().apply());
    expect(await Promise.all(["f/a", "f/b"].map(found))).toEqual(["NUMBER 1", "NUMBER 2"]);
    await mustBeEmpty(terraform());
    must(await terraform().destroy());
  });
});

/** Ends a key's time, by the service's own clock. */
async function expire(at: Kv, key: string): Promise<void> {
  expect((await at.patch(key, { ttl: "PT0.05S" })).ok).toBe(true);
  while ((await at.get(key, "?peek=true")).ok) await sleep(20);
}
