import { setTimeout as sleep } from "node:timers/promises";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, errorsOf, must, mustBeEmpty, said } from "./outcome.ts";
import { foundAt } from "./store.ts";

const NAMESPACE = "expiry.team";
const one = (key: string, attributes: Readonly<Record<string, string>>) =>
  kvBlock(key, { namespace: `"${NAMESPACE}"`, key: `"${key}"`, value: "1", ...attributes });
const POLICIES = ["recreate", "ignore", "error"];

terraformOnEachPair("expiry", ({ terraform, service, begin }) => {
  const at = () => kvAt(service().address, NAMESPACE);
  const found = (key: string) => foundAt(service().address, NAMESPACE, key);
  /** Ends a key's time by the service's own clock. */
  const expire = async (key: string) => {
    expect((await at().patch(key, { ttl: "PT0.05S" })).ok).toBe(true);
    await expired(key);
  };
  const expired = async (key: string) => {
    while ((await at().get(key, "?peek=true")).status !== 410) await sleep(20);
  };
  const withPolicy = (policy: string, more: Readonly<Record<string, string>> = {}) =>
    one(policy, { ttl: '"P1D"', on_expire: `"${policy}"`, ...more });

  it("is what on_expire says: a create with a warning, no change, or an error", async () => {
    await begin(POLICIES.map((policy) => withPolicy(policy)).join(""));
    must(await terraform().apply());
    for (const policy of POLICIES) await expire(policy);

    const refused = await terraform().plan();
    must(refused, 1);
    expect(errorsOf(refused)).toHaveLength(1);
    expect(errorsOf(refused)[0]).toMatch(/"expiry\.team\/error" expired at \d{4}-.*on_expire.*terraform state rm/);

    await terraform().write(withPolicy("recreate") + withPolicy("ignore"));
    const planned = await terraform().plan("-target=namespace_kv.recreate", "-target=namespace_kv.ignore");
    must(planned, 2);
    expect(changesOf(planned)).toEqual({ "namespace_kv.recreate": "create" });
    expect(said(planned)).toMatch(/Warning: Key has expired .*"expiry\.team\/recreate" expired at \d{4}-/);
    expect(said(planned)).not.toContain('"expiry.team/ignore" expired');

    // The one that is left out goes, though its expiry is an error.
    must(await terraform().apply());
    const resources = (await terraform().show()).values?.root_module?.resources ?? [];
    expect(resources.map(({ address, values }) => [address, values["expired"]])).toEqual([
      ["namespace_kv.ignore", true],
      ["namespace_kv.recreate", false],
    ]);
    expect([await found("recreate"), await found("ignore"), await found("error")]).toEqual([
      "NUMBER 1 for PT24H",
      undefined,
      undefined,
    ]);
    await mustBeEmpty(terraform());
  });

  it("of an ignored key ends with a new value or another policy, and not when it is forgotten", async () => {
    expect((await at().send("POST", `/namespaces/${NAMESPACE}/kv:purge`)).ok).toBe(true);
    expect((await at().get("ignore", "?peek=true")).status).toBe(404);
    await mustBeEmpty(terraform());

    await terraform().write(withPolicy("recreate") + withPolicy("ignore", { on_expire: '"recreate"' }));
    const planned = await terraform().plan();
    must(planned, 2);
    expect(changesOf(planned)).toEqual({ "namespace_kv.ignore": "update expires_at (unknown), expired, on_expire" });
    must(await terraform().apply());
    expect(await found("ignore")).toBe("NUMBER 1 for PT24H");
    await mustBeEmpty(terraform());

    await terraform().write(withPolicy("recreate") + withPolicy("ignore"));
    must(await terraform().apply());
    await expire("ignore");
    await mustBeEmpty(terraform());
    await terraform().write(withPolicy("recreate") + withPolicy("ignore", { value: "2" }));
    must(await terraform().apply());
    expect(await found("ignore")).toBe("NUMBER 2 for PT24H");
    await mustBeEmpty(terraform());
  });

  it("between plan and apply is no obstacle, but a change by somebody else is, though it expired as well", async () => {
    const keys = ["crossed", "swept", "purged", "written", "changed"];
    const more = (key: string): Readonly<Record<string, string>> =>
      key === "written" ? { value: "null", value_wo: "1", value_wo_version: "1" } : {};
    const configOf = (description: string) =>
      keys.map((key) => one(key, { ttl: '"PT5S"', description: `"${description}"`, ...more(key) })).join("");
    await begin(configOf("first"));
    must(await terraform().apply());
    await terraform().write(configOf("second"));
    const planned = await terraform().run(["plan", "-no-color", "-input=false", "-out=saved.tfplan"]);
    must(planned);
    expect(said(planned)).toContain("5 to change");
    await at().put("changed", "5", "?ttl=PT0.05S");
    for (const key of keys) await expired(key);
    expect((await at().get("swept")).status).toBe(410); // which deletes it
    const purged = await at().send("POST", `/namespaces/${NAMESPACE}/kv:purge`, { body: '{"prefix":"purged"}' });
    expect(await purged.json()).toMatchObject({ keys: 1 });

    const ran = await terraform().run(["apply", "-no-color", "-input=false", "saved.tfplan"]);
    must(ran, 1);
    expect(errorsOf(ran)).toHaveLength(1);
    expect(errorsOf(ran)[0]).toMatch(
      /"expiry\.team\/changed" is not there any more, changed by \S+ through the HTTP API at \d{4}-.*has expired since/,
    );
    for (const key of keys.slice(0, 4)) expect([key, await found(key)]).toEqual([key, "NUMBER 1 for PT5S (second)"]);
  });

  it("comes closer until renew_before, and then the next apply starts the time again", async () => {
    const configOf = (before: string, description = "first") =>
      one("renewed", { ttl: '"PT1H"', renew_before: `"${before}"`, description: `"${description}"` }) +
      one("resting", { ttl: '"PT1H"', renew_before: '"PT1M"' });
    const endOf = async (key: string) => `${(await (await at().get(key)).json()).expirationDate}`;
    const planToFile = () => terraform().run(["plan", "-no-color", "-input=false", "-out=saved.tfplan"]);
    const applyFile = () => terraform().run(["apply", "-no-color", "-input=false", "saved.tfplan"]);
    await begin(configOf("PT1M"));
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    const [renewed, resting] = [await endOf("renewed"), await endOf("resting")];

    await terraform().write(configOf("PT59M59.9S"));
    must(await terraform().apply());
    const planned = await terraform().plan();
    must(planned, 2);
    expect(changesOf(planned)).toEqual({ "namespace_kv.renewed": "update expires_at (unknown)" });
    expect(said(planned)).toMatch(/~ expires_at += "\d{4}-[^"]+" -> \(known after apply\)/);
    must(await planToFile());
    must(await applyFile());
    expect((await endOf("renewed")) > renewed).toBe(true);
    expect(await endOf("resting")).toBe(resting);

    // A plan that was made before the time came is applied after it has.
    await terraform().write(configOf("PT59M56S"));
    must(await terraform().apply());
    await terraform().write(configOf("PT59M56S", "second"));
    must(await planToFile());
    while (Date.parse(await endOf("renewed")) - Date.now() > 3_596_000) await sleep(50);
    must(await applyFile());
    expect(await found("renewed")).toBe("NUMBER 1 for PT1H (second)");
    await terraform().write(configOf("PT1M", "second"));
    must(await terraform().apply());
    await mustBeEmpty(terraform());
  });

  it("at an instant that has passed is an error that says so", async () => {
    await begin(one("instant", { expires_at: '"2020-01-31T12:00:00Z"' }));
    const ran = await terraform().apply();
    must(ran, 1);
    expect(errorsOf(ran)[0]).toMatch(/The end has passed.*expires_at = .*It must lie in the future.*later instant/);
  });
});
