import fc from "fast-check";
import { expect, it } from "vitest";
import { kvBlock, quoted } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, must } from "./outcome.ts";

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
  `${"[".repeat(60)}1${"]".repeat(60)}`,
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
  { numRuns: 30, seed: 20_251_122 },
);

terraformOnEachPair("no value makes a diff of itself", ({ terraform, begin }) => {
  it("after the apply of tricky and of generated values the plan is empty", async () => {
    const values = [...TRICKY, ...generated];
    await begin(
      values.map((value, at) => kvBlock(`it${at}`, { namespace: '"diff.team"', key: `"${at}"`, value })).join("\n"),
    );
    must(await terraform().apply());
    const planned = await terraform().plan();
    const guilty = Object.keys(changesOf(planned)).map((address) => values[Number(/\d+$/.exec(address)?.[0])]);
    expect(guilty, planned.stdout).toEqual([]);
    must(planned);
  });
});
