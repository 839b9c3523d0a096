import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { quoted } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, must, mustBeEmpty } from "./outcome.ts";
import { foundAt } from "./store.ts";

const NAMESPACE = "generated.team";
const WITH_DEFAULT = "generated.default";

/** What somebody has stored, and a part of the configuration that Terraform makes of it. */
const ROWS: readonly {
  readonly key: string;
  readonly namespace?: string;
  readonly body: string;
  readonly query?: string;
  readonly said?: Readonly<Record<string, unknown>>;
  readonly made?: RegExp;
}[] = [
  { key: "string", body: '"hello"', made: /value += {1,2}"hello"/ },
  { key: "template", body: `"$\${not} \${var.x} %{if}"` },
  { key: "lines", body: '"a\\nb\\tc \\\\ \\" \\u0001 é e\\u0301"' },
  { key: "digits", body: "123456789012345678901234567890.5" },
  { key: "looks-like-json", body: '"{\\"a\\":1}"' },
  { key: "boolean", body: "false" },
  { key: "instant", body: "2030-01-31T12:00:00+02:00" },
  { key: "day", body: "2030-01-31" },
  { key: "duration", body: "P1D" },
  { key: "object", body: `{"b":[1.0,null,{}],"a b":{"\${c}":"ü"},"":[[]],"d":1e400}` },
  { key: "list", body: "[]" },
  { key: "json-null", body: "null", made: /value_json += (jsonencode\(null\)|"null")/ },
  { key: "exponent", body: "1e20000", made: /value_json += "1e20000"/ },
  { key: "exponent-inside", body: '{"a":[1e20000]}', made: /value_json/ },
  { key: "half-a-pair", body: '"\\ud800"', made: /value_json/ },
  { key: "half-a-pair-inside", body: '["\\ud800"]', made: /value_json/ },
  { key: "twice", body: '{"a":1,"a":2}', made: /value_json/ },
  { key: "ttl", body: "1", query: "?ttl=P1D", made: /ttl += "PT24H"/ },
  {
    key: "end",
    body: "1",
    query: "?expiresAt=2035-01-31T12:00:00Z",
    made: /expires_at += "2035-01-31T12:00:00.000000Z"/,
  },
  { key: "default", namespace: WITH_DEFAULT, body: "1", made: /expires_at += null/ },
  { key: "described", body: "1", said: { description: "Why", labels: { team: "data", empty: "" } } },
  { key: "empty", body: "1", said: { description: "" } },
  { key: "secret", body: '"s3cr3t"', said: { secret: true, ttl: "P1D" }, made: /secret += true/ },
  { key: "all", body: "[1]", said: { secret: true, ttl: "P1D", description: "Why", labels: { team: "data" } } },
];

const blocks = ROWS.map(({ key, namespace = NAMESPACE }) => {
  return `import {\n  to = namespace_kv.${key}\n  id = ${quoted(`${namespace}/${key}`)}\n}\n`;
});

terraformOnEachPair("a configuration that Terraform makes of what is there", ({ terraform, service, begin }) => {
  it("needs no change and makes none, and holds no secret", async () => {
    const defaults = JSON.stringify({ defaultTtl: "P1D" });
    const at = (namespace: string) => kvAt(service().address, namespace);
    await at(WITH_DEFAULT).send("PUT", `/namespaces/${WITH_DEFAULT}`, { body: defaults });
    for (const { key, namespace = NAMESPACE, body, query, said } of ROWS) {
      expect([key, (await at(namespace).put(key, body, query)).status]).toEqual([key, 200]);
      if (said) expect((await at(namespace).patch(key, said)).status).toBe(200);
    }
    const found = () =>
      Promise.all(ROWS.map(({ key, namespace = NAMESPACE }) => foundAt(service().address, namespace, key)));
    const before = await found();

    await begin(blocks.join(""));
    const file = join(terraform().folder, "generated.tf");
    await rm(file, { force: true });
    must(await terraform().run(["plan", "-no-color", "-input=false", "-generate-config-out=generated.tf"]));
    const made = await readFile(file, "utf8");
    expect(made).not.toContain("s3cr3t");
    for (const { key, made: part } of ROWS) {
      const [, block = ""] = new RegExp(`"namespace_kv" "${key}" \\{\\n([^]*?)\\n\\}`).exec(made) ?? [];
      if (part) expect([key, block]).toEqual([key, expect.stringMatching(part)]);
    }

    const planned = await terraform().plan();
    expect(changesOf(planned), `${planned.stdout}\n${made}`).toEqual({});
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    expect(await found()).toEqual(before);
    expect(JSON.stringify(await terraform().show())).not.toContain("s3cr3t");
    await rm(file);
  });
});
