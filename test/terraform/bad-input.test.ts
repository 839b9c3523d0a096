import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock, quoted, setBlock } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must, mustNotShowInsides } from "./outcome.ts";

const NAMESPACE = "bad.team";

/** What is wrong, in which attribute, and what the error must tell the user to do instead. */
const ROWS: readonly {
  readonly name: string;
  readonly wrong: Readonly<Record<string, string>>;
  readonly at: string;
  readonly says: RegExp;
}[] = [
  {
    name: "unknown_type",
    wrong: { type: '"TEXT"' },
    at: "type",
    says: /STRING, NUMBER, BOOLEAN, DATETIME, DATE, DURATION/,
  },
  { name: "ttl_in_words", wrong: { ttl: '"5 minutes"' }, at: "ttl", says: /ISO.8601 duration.*PT\d/ },
  { name: "ttl_of_months", wrong: { ttl: '"P1M"' }, at: "ttl", says: /days.*PT\d/ },
  { name: "ttl_of_nothing", wrong: { ttl: '"PT0S"' }, at: "ttl", says: /longer than nothing|above zero/ },
  { name: "ttl_of_ages", wrong: { ttl: '"P36526D"' }, at: "ttl", says: /at most 100 years/ },
  {
    name: "namespace_gap",
    wrong: { namespace: '"a..b"' },
    at: "namespace",
    says: /dotted path such as .company\.team/,
  },
  { name: "namespace_taken", wrong: { namespace: '"search"' }, at: "namespace", says: /reserved/ },
  {
    name: "namespace_long",
    wrong: { namespace: quoted("n".repeat(151)) },
    at: "namespace",
    says: /at most 150 characters/,
  },
  { name: "key_long", wrong: { key: quoted("ü".repeat(257)) }, at: "key", says: /1 to 256 code points, not 257/ },
  { name: "key_empty", wrong: { key: '""' }, at: "key", says: /1 to 256 code points/ },
  { name: "description_long", wrong: { description: quoted("d".repeat(4097)) }, at: "description", says: /4,?096/ },
  { name: "no_date", wrong: { type: '"DATE"', value: '"2030-02-30"' }, at: "value", says: /day such as "2021-09-01"/ },
  {
    name: "no_offset",
    wrong: { type: '"DATETIME"', value: '"2030-02-28T10:00:00"' },
    at: "value",
    says: /with its offset/,
  },
  { name: "no_duration", wrong: { type: '"DURATION"', value: '"P1Y"' }, at: "value", says: /such as "PT1H30M"/ },
  { name: "no_number", wrong: { type: '"NUMBER"', value: '"many"' }, at: "value", says: /number/ },
  { name: "no_boolean", wrong: { type: '"BOOLEAN"', value: "1" }, at: "value", says: /true or false/ },
  { name: "no_string", wrong: { type: '"STRING"', value: "[1]" }, at: "value", says: /text|string/i },
];

/** What of a set Terraform can only judge once it knows it. */
const SET_ROWS: readonly {
  readonly name: string;
  readonly wrong: Readonly<Record<string, string>>;
  readonly says: RegExp;
}[] = [
  { name: "no_date", wrong: { values: '{ "s/d" = LATE }', types: '{ "s/d" = "DATE" }' }, says: /a DATE is/ },
  { name: "no_object", wrong: { values: "LATE" }, says: /Set "values" to an object or a map/ },
  {
    name: "outside",
    wrong: { prefix: "LATE", values: '{ "s/d" = 1 }' },
    says: /Every key begins with the prefix, "late"/,
  },
];

const right = (name: string) => ({ namespace: quoted(NAMESPACE), key: quoted(name), value: '"x"' });

terraformOnEachPair("bad input", ({ terraform, service, begin }) => {
  const stored = async () =>
    (await kvAt(service().address, NAMESPACE).send("GET", `/namespaces/${NAMESPACE}/kv`)).json<unknown[]>();

  it("each mistake is an error at its attribute that says what is right, all in one plan", async () => {
    await begin(ROWS.map(({ name, wrong }) => kvBlock(name, { ...right(name), ...wrong })).join("\n"));
    const planned = await terraform().plan();
    must(planned, 1);
    mustNotShowInsides(planned);
    const errors = errorsOf(planned);
    for (const { name, at, says } of ROWS) {
      const own = errors.filter((error) => error.includes(`with namespace_kv.${name},`));
      expect([name, own.length], own.join("\n")).toEqual([name, 1]);
      expect(own[0]).toMatch(new RegExp(`on main\\.tf line \\d+, in resource "namespace_kv" "${name}": \\d+: ${at} =`));
      expect(own[0]).toMatch(says);
    }
    expect(errors).toHaveLength(ROWS.length);
  });

  it("what shows only at apply is refused there, and nothing is stored", async () => {
    // An output that Terraform knows only once it has applied.
    const later = (name: string, value: string) => `resource "terraform_data" "${name}" {\n  input = ${value}\n}\n`;
    const late = ROWS.filter(({ at }) => at !== "namespace" && at !== "description");
    const blocks = late.map(({ name, wrong, at }) => {
      const unknown = { [at]: `terraform_data.${name}.output` };
      return later(name, wrong[at] ?? "null") + kvBlock(name, { ...right(name), ...wrong, ...unknown });
    });
    const sets = SET_ROWS.map(({ name, wrong }) => {
      const said = Object.entries({ prefix: '"s/"', ...wrong }).map(([at, text]) => [
        at,
        text.replace("LATE", `terraform_data.set_${name}.output`),
      ]);
      return (
        later(`set_${name}`, '"late"') + setBlock(name, { namespace: quoted(NAMESPACE), ...Object.fromEntries(said) })
      );
    });
    await begin([...blocks, ...sets].join("\n"));
    const applied = await terraform().apply();
    must(applied, 1);
    mustNotShowInsides(applied);
    const errors = errorsOf(applied);
    for (const { name, at, says } of late) {
      const own = errors.filter((error) => error.includes(`with namespace_kv.${name},`));
      expect([name, own.length], own.join("\n")).toEqual([name, 1]);
      expect(own[0]).toMatch(new RegExp(`\\d+: ${at} =`));
      expect(own[0]).toMatch(says);
    }
    for (const { name, says } of SET_ROWS) {
      const own = errors.filter((error) => error.includes(`with namespace_kv_set.${name},`));
      expect([name, own.length], own.join("\n")).toEqual([name, 1]);
      expect(own[0]).toMatch(says);
    }
    expect(await stored()).toEqual([]);
    const left = (await terraform().show()).values?.root_module?.resources ?? [];
    expect(left.filter(({ address }) => address.startsWith("namespace_kv"))).toEqual([]);
  });
});
