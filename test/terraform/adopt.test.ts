import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, errorsOf, must, mustBeEmpty } from "./outcome.ts";
import { foundAt } from "./store.ts";

const NAMESPACE = "adopt.team";
const one = (key: string, attributes: Readonly<Record<string, string>>) =>
  kvBlock(key, { namespace: `"${NAMESPACE}"`, key: `"${key}"`, ...attributes });

terraformOnEachPair("keys of others", ({ terraform, service, begin }) => {
  const at = () => kvAt(service().address, NAMESPACE);
  const found = (key: string) => foundAt(service().address, NAMESPACE, key);
  const write = async (key: string, body: string, query = "", said?: object) => {
    expect((await at().put(key, body, query)).ok).toBe(true);
    if (said) expect((await at().patch(key, said)).ok).toBe(true);
  };

  it("are taken over where that is said: what is not set stays, but for a TTL", async () => {
    await write("kept", "1", "?ttl=P1D&description=Theirs", { labels: { theirs: "1" }, secret: true });
    await write("said", "1", "", { labels: { theirs: "1" }, expiresAt: "2035-01-31T12:00:00Z" });
    const adopts = { adopt_existing: "true" };
    const more = { description: '"Ours"', labels: '{ ours = "1" }', secret: "true", ttl: '"PT1H"' };
    await begin(
      one("kept", { value: "[2]", ...adopts }) +
        one("said", { value_wo: "2", value_wo_version: "1", ...adopts, ...more }) +
        one("new", { value: "3", ...adopts }),
    );
    must(await terraform().apply());
    expect(await found("kept")).toBe('JSON [2] (Theirs) {"theirs":"1"} secret');
    expect(await found("said")).toBe('NUMBER 2 for PT1H (Ours) {"ours":"1"} secret');
    expect(await found("new")).toBe("NUMBER 3");
    await mustBeEmpty(terraform());
  });

  it("stay where destroying only forgets them", async () => {
    await begin(one("abandoned", { value: "1", deletion_policy: '"abandon"' }) + one("deleted", { value: "1" }));
    must(await terraform().apply());
    must(await terraform().destroy());
    expect([await found("abandoned"), await found("deleted")]).toEqual(["NUMBER 1", undefined]);
  });

  it("are described while others write their values", async () => {
    for (const key of ["plain", "full"]) await write(key, '"theirs"', "?ttl=P1D", { labels: { theirs: "1" } });
    const full = { description: '"Ours"', labels: '{ ours = "1" }', secret: "true" };
    await begin(one("plain", {}) + one("full", full) + one("missing", full));
    const refused = await terraform().apply();
    must(refused, 1);
    expect(errorsOf(refused)).toHaveLength(1);
    expect(errorsOf(refused)[0]).toMatch(/"adopt\.team\/missing" does not exist.*"value_json".*apply again/);

    await terraform().write(one("plain", {}) + one("full", full));
    must(await terraform().apply());
    expect(await found("plain")).toBe('STRING "theirs" for PT24H {"theirs":"1"}');
    expect(await found("full")).toBe('STRING "theirs" for PT24H (Ours) {"ours":"1"} secret');
    await mustBeEmpty(terraform());

    // Neither another value nor another TTL is a difference, nor a conflict when it comes between plan and apply.
    await write("full", "5", "?ttl=PT2H");
    await mustBeEmpty(terraform());
    await terraform().write(one("plain", { ttl: '"PT1H"' }) + one("full", { description: '"Ours, too"' }));
    must(await terraform().run(["plan", "-no-color", "-input=false", "-out=saved.tfplan"]));
    await write("full", "6", "?ttl=PT3H");
    must(await terraform().run(["apply", "-no-color", "-input=false", "saved.tfplan"]));
    expect(await found("full")).toBe("NUMBER 6 for PT3H (Ours, too)");
    expect(await found("plain")).toBe('STRING "theirs" for PT1H {"theirs":"1"}');
    await mustBeEmpty(terraform());

    await terraform().write(one("plain", {}) + one("full", { description: '"Ours, too"' }));
    const planned = await terraform().plan();
    expect(changesOf(planned)).toEqual({ "namespace_kv.plain": "update ttl, expires_at (unknown)" });
    must(await terraform().apply());
    expect(await found("plain")).toBe('STRING "theirs" {"theirs":"1"}');
    await mustBeEmpty(terraform());

    must(await terraform().destroy());
    expect([await found("plain"), await found("full")]).toEqual([
      'STRING "theirs" {"theirs":"1"}',
      "NUMBER 6 for PT3H (Ours, too)",
    ]);
  });
});
