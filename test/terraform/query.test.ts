import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import type { Ran } from "../support/terraform.ts";
import { isLeftOut } from "../support/terraform-features.ts";
import { kvBlock, quoted } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, errorsOf, must, mustBeEmpty, said } from "./outcome.ts";

const NAMESPACE = "query.team";
const EXAMPLE = new URL("../../examples/terraform/list-resources/namespace_kv/", import.meta.url);

/** What Terraform 1.14 does with a provider's lists and identities; list-resource.test.ts drives them where it is older. */
describe.skipIf(isLeftOut("terraform query", 'list "'))("terraform query", () => {
  terraformOnEachPair("of keys", ({ terraform, service, begin }) => {
    const at = () => kvAt(service().address, NAMESPACE);
    const query = async (list: string, ...args: string[]): Promise<Ran> => {
      await begin('provider "namespace" {}\n');
      await writeFile(join(terraform().folder, "keys.tfquery.hcl"), list);
      return terraform().run(["query", "-no-color", ...args]);
    };
    const list = (config: string, rest = "") =>
      `list "namespace_kv" "it" {\n  provider = namespace\n${rest}\n  config {\n    namespace = "${NAMESPACE}"\n${config}\n  }\n}\n`;
    const keysIn = (ran: Ran) => [...ran.stdout.matchAll(/query\.team\/(\S+)/g)].map(([, key]) => key);

    it("lists what the filters leave, up to the limit", async () => {
      for (const key of ["a", "b", "flags/x", "flags/y"]) expect((await at().put(key, "1")).ok).toBe(true);
      await at().put("text", '"x"');
      await at().patch("flags/y", { labels: { team: "data" } });
      for (const [config, rest, keys] of [
        ["", "", ["a", "b", "flags/x", "flags/y", "text"]],
        ['prefix = "flags/"', "", ["flags/x", "flags/y"]],
        ['type = "STRING"', "", ["text"]],
        ['labels = { team = "data" }', "", ["flags/y"]],
        ["", "  limit = 2", ["a", "b"]],
      ] as const) {
        const ran = await query(list(config, rest));
        must(ran);
        expect([config, keysIn(ran)]).toEqual([config, keys]);
      }
      const wrong = await query(list('type = "TEXT"'));
      must(wrong, 1);
      expect(errorsOf(wrong)[0]).toMatch(/STRING, NUMBER, BOOLEAN/);
    });

    it("writes a configuration whose next plan is the imports alone", async () => {
      const stored = { text: '"x"', big: "123456789012345678901234567890", json: '{"a":[1,null]}', odd: "1e99999" };
      for (const [key, body] of Object.entries(stored))
        await at().put(`gen/${key}`, body, "?ttl=P300D&description=Why");
      must(await query(list('prefix = "gen/"'), "-generate-config-out=generated.tf"));
      const generated = await readFile(join(terraform().folder, "generated.tf"), "utf8");
      expect(generated.match(/identity = \{/g)).toHaveLength(4);
      await writeFile(join(terraform().folder, "keys.tfquery.hcl"), "");
      const planned = await terraform().plan();
      expect(planned.stdout + planned.stderr).toContain("Plan: 4 to import, 0 to add, 0 to change, 0 to destroy");
      must(await terraform().apply());
      await mustBeEmpty(terraform());
      await writeFile(join(terraform().folder, "generated.tf"), "");
    });

    it("is called by the example", async () => {
      await kvAt(service().address, "company.data").put("retries", "3");
      const ran = await query(await readFile(new URL("list-resource.tfquery.hcl", EXAMPLE), "utf8"));
      must(ran);
      expect(said(ran)).toContain("company.data/retries");
      await writeFile(join(terraform().folder, "keys.tfquery.hcl"), "");
    });
  });
});

describe.skipIf(isLeftOut("an import by identity", "identity ="))("an identity", () => {
  terraformOnEachPair("of a key", ({ terraform, service, begin }) => {
    const resource = (key: string, value: string) =>
      kvBlock("it", { namespace: quoted(NAMESPACE), key: quoted(key), value });
    const identity = async () => {
      const text = await readFile(join(terraform().folder, "terraform.tfstate"), "utf8");
      return JSON.parse(text).resources[0].instances[0].identity;
    };

    it("imports it, stays with it, and follows it to another key", async () => {
      await kvAt(service().address, NAMESPACE).put("by/identity", "1");
      const block = `import {\n  to = namespace_kv.it\n  identity = {\n    namespace = "${NAMESPACE}"\n    key = "by/identity"\n  }\n}\n`;
      await begin(resource("by/identity", "1") + block);
      const planned = await terraform().plan();
      expect(planned.stdout + planned.stderr).toContain("Plan: 1 to import, 0 to add, 0 to change");
      must(await terraform().apply());
      expect(await identity()).toEqual({ namespace: NAMESPACE, key: "by/identity" });
      await terraform().write(resource("by/identity", "2"));
      must(await terraform().apply());
      await terraform().write(resource("other", "2"));
      expect(changesOf(await terraform().plan())).toEqual({
        "namespace_kv.it": expect.stringMatching(/delete then create/),
      });
      must(await terraform().apply());
      expect(await identity()).toEqual({ namespace: NAMESPACE, key: "other" });
      must(await terraform().destroy());
    });
  });
});
