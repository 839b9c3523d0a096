import fc from "fast-check";
import { expect, it } from "vitest";
import { type Kv, kvAt } from "../support/kv.ts";
import { kvBlock, quoted } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, must, mustBeEmpty } from "./outcome.ts";
import { respelled } from "./respelled.ts";
import { foundAt } from "./store.ts";

/** Expressions that have made a diff loop somewhere, or look as though they might. */
const TRICKY = [
  '""',
  "[]",
  "{}",
  "[null]",
  "{ a = null }",
  "[[], {}, [[]], { a = {} }]",
  "tolist([])",
  "tomap({})",
  "toset([])",
  'toset(["b", "a", "b"])',
  'tomap({ b = "2", a = "1" })',
  'tolist(["1", 2, true])',
  '[1, "1", true, "true", null, [1], { a = 1 }]',
  "-0",
  "1.0",
  "0.1",
  "1e400",
  "1e-400",
  "12345678901234567890123456789012345678901234567890.5",
  '"null"',
  '"5"',
  '"P1D"',
  '"2030-01-31"',
  '"[1, 2]"',
  '" { } "',
  '"e\\u0301 \\u00e9 \\u212b"',
  '"line\\nend\\ttab \\\\ \\" \\u0001 \\u007f \\u2028"',
  '{ "__proto__" = 1, "constructor" = 2, "a b" = 3, "é" = 4, "" = 5 }',
  "jsonencode({ b = 1, a = [1.50] })",
  '"<script>&amp;</script> $${not} %%{this}"',
  'sensitive("hidden")',
  'join("", [for n in range(1000) : join("", [for m in range(100) : "0123456789"])])',
  `${"[".repeat(60)}1${"]".repeat(60)}`,
];

/** Keys that a path or a shell would take for something else. */
const KEYS = [
  ".",
  "..",
  "a/b/../c",
  "%2e%2F",
  "?x=1&y#z",
  "kv:entry",
  "inheritance",
  " ",
  "é",
  "😀".repeat(256),
  `it's "\${quoted}" \\ %{too}`,
  "line\nend\u0001",
];

const text = fc.string({ unit: "grapheme", maxLength: 8 }).map(quoted);
const number = fc.oneof(
  fc.integer().map(String),
  fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.tuple(fc.integer(), fc.nat()).map(([whole, part]) => `${whole}.${part}`),
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    fc.oneof(text, number, fc.constantFrom("true", "false", "null")),
    fc.array(tie("expression"), { maxLength: 4 }).map((items) => `[${items.join(", ")}]`),
    fc
      .uniqueArray(fc.tuple(text, tie("expression")), { maxLength: 4, selector: ([name]) => name.normalize("NFC") })
      .map((members) => `{ ${members.map(([name, value]) => `${name} = ${value}`).join(", ")} }`),
  ),
}));
/** The seed makes a failure come again; a bare null would be no value at all. */
const generated = fc.sample(
  expression.filter((one) => one !== "null"),
  { numRuns: 200, seed: 20_251_122 },
);

/** Documents that only `value_json` holds, or that HCL would hold otherwise. */
const DOCUMENTS = [
  "null",
  ' {"b" : 1.0,\n"a":[ ] } ',
  '{"a":1,"a":2}',
  '"\\ud800"',
  "[1e20000, 0.10000000000000000000000000000000000000000000000000000001, -0]",
  `1${"0".repeat(200)}1`,
  '{"e\\u0301": "e\\u0301", "\u00e9": "\\u00e9"}',
];

/** Writes a value again as somebody else might spell it. */
async function respell(at: Kv, key: string): Promise<number> {
  const [entry, raw] = await Promise.all([at.get(key), at.get(key, "?raw=true")]);
  const { type } = (await entry.json()) as { type: string };
  return (await at.put(key, respelled(await raw.text()), `?type=${type}`)).status;
}

terraformOnEachPair("no value makes a diff of itself", ({ terraform, begin, service }) => {
  it("after the apply of tricky and of generated values, and after they are spelled otherwise, the plan is empty", async () => {
    const values = [
      ...[...TRICKY, ...generated].map((value) => ({ value })),
      ...DOCUMENTS.map((json) => ({ value_json: quoted(json) })),
      ...generated.slice(0, 10).map((value) => ({ value_wo: value, value_wo_version: "1" })),
    ];
    await begin(
      values.map((said, at) => kvBlock(`it${at}`, { namespace: '"diff.team"', key: `"${at}"`, ...said })).join("\n"),
    );
    must(await terraform().apply());
    const noneIsGuilty = async () => {
      const planned = await terraform().plan();
      const guilty = Object.keys(changesOf(planned)).map((address) => values[Number(/\d+$/.exec(address)?.[0])]);
      expect(guilty, planned.stdout).toEqual([]);
      must(planned);
    };
    await noneIsGuilty();

    // A write-only value is known by its digest, and so another spelling of it is another value.
    const spelled = values.flatMap((said, at) => ("value_wo" in said ? [] : [`${at}`]));
    const at = kvAt(service().address, "diff.team");
    const outcomes = await Promise.all(spelled.map((key) => respell(at, key)));
    expect(new Set(outcomes)).toEqual(new Set([200]));
    await noneIsGuilty();
  }, 180_000);

  it("nor do keys of any text, each of which is a key of its own", async () => {
    const forEach = `toset([${KEYS.map(quoted).join(", ")}])`;
    await begin(kvBlock("any", { for_each: forEach, namespace: '"keys.team"', key: "each.key", value: "each.key" }));
    must(await terraform().apply());
    await mustBeEmpty(terraform());
    for (const key of KEYS) {
      const path = `/namespaces/keys.team/kv:entry?key=${encodeURIComponent(key)}`;
      const found = await (await kvAt(service().address, "keys.team").send("GET", path)).json();
      expect(found).toMatchObject({ key, value: key, revision: 1 });
    }
  });

  it("nor do values that are known only at apply, in whole or in part", async () => {
    const late = (key: string, attributes: Readonly<Record<string, string>>) =>
      kvBlock(key, { namespace: '"late.team"', key: quoted(key), ...attributes });
    const blocks = [
      late("whole", { value: "terraform_data.later.output" }),
      late("part", { value: "{ a = [terraform_data.later.output], b = 1 }" }),
      late("description", { value: "1", description: "jsonencode(terraform_data.later.output)" }),
    ];
    const configOf = (input: string) =>
      `resource "terraform_data" "later" {\n  input = ${input}\n}\n${blocks.join("")}`;
    await begin("");
    for (const [input, type] of [
      ['"text"', "STRING"],
      ["12.50", "NUMBER"],
      ["{ x = null }", "JSON"],
    ] as const) {
      await terraform().write(configOf(input));
      must(await terraform().apply());
      await mustBeEmpty(terraform());
      expect(await foundAt(service().address, "late.team", "whole")).toMatch(new RegExp(`^${type} `));
    }
    expect(await foundAt(service().address, "late.team", "part")).toBe('JSON {"a":[{"x":null}],"b":1}');
    expect(await foundAt(service().address, "late.team", "description")).toBe('NUMBER 1 ({"x":null})');
  });
});
