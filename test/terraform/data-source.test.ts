import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvData } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { errorsOf, must } from "./outcome.ts";

const NAMESPACE = "data.team";

/** The body that HTTP stores, and what Terraform's own jsonencode makes of the value that the data source reads. */
const ROWS: readonly { readonly key: string; readonly body: string; readonly type: string; readonly value: string }[] =
  [
    { key: "string", body: '"hello"', type: "STRING", value: '"hello"' },
    {
      key: "number",
      body: "123456789012345678901234567890.125",
      type: "NUMBER",
      value: "123456789012345678901234567890.125",
    },
    { key: "boolean", body: "false", type: "BOOLEAN", value: "false" },
    { key: "datetime", body: "2030-01-31T12:00:00+02:00", type: "DATETIME", value: '"2030-01-31T10:00:00Z"' },
    { key: "date", body: "2030-01-31", type: "DATE", value: '"2030-01-31"' },
    { key: "duration", body: "P1D", type: "DURATION", value: '"PT24H"' },
    {
      key: "json",
      body: '{"b":[1,null,"x",[],{}],"a":{"ü":true}}',
      type: "JSON",
      value: '{"a":{"ü":true},"b":[1,null,"x",[],{}]}',
    },
  ];

/** What each option makes of a key, in the order of the attributes that are named. */
const OPTIONS: readonly {
  readonly name: string;
  readonly key: string;
  readonly options: Readonly<Record<string, string>>;
  readonly shows: Readonly<Record<string, unknown>>;
}[] = [
  {
    name: "default",
    key: "none",
    options: { default: "{ a = [1] }" },
    shows: { value: { a: [1] }, exists: false, revision: null },
  },
  { name: "expired", key: "gone", options: { default: '"x"' }, shows: { value: "x", exists: false, expired: true } },
  { name: "unused", key: "versions", options: { default: '"x"' }, shows: { value: 3, exists: true } },
  {
    name: "absent",
    key: "none",
    options: { error_on_missing: "false" },
    shows: { value: null, exists: false, expired: false },
  },
  {
    name: "inherited",
    key: "above",
    options: { inherit: "true" },
    shows: { value: "inherited", found_in: "data", id: "data/above" },
  },
  { name: "own", key: "versions", options: { inherit: "true" }, shows: { value: 3, found_in: NAMESPACE } },
  { name: "older", key: "versions", options: { revision: "2" }, shows: { value: 2, revision: 2 } },
  { name: "newest", key: "versions", options: {}, shows: { revision: 4, labels: { team: "data" }, secret: true } },
  {
    name: "metadata",
    key: "versions",
    options: { include_value: "false" },
    shows: { value: null, value_json: null, type: "NUMBER", revision: 4 },
  },
  {
    name: "past_metadata",
    key: "versions",
    options: { include_value: "false", revision: "1" },
    shows: { value: null, revision: 1, size: 1 },
  },
  {
    name: "exact",
    key: "odd",
    options: { decode_value: "false" },
    shows: { value: null, value_json: '{"n":1e99999,"a":1,"a":2}' },
  },
];

const sourceOf = (key: string) => kvData(key, { namespace: `"${NAMESPACE}"`, key: `"${key}"` });

terraformOnEachPair("data source", ({ terraform, service, begin }) => {
  const at = () => kvAt(service().address, NAMESPACE);

  it("reads a value of every type", async () => {
    for (const { key, body } of ROWS) expect((await at().put(key, body, "?description=Why")).ok).toBe(true);
    const outputs = ROWS.map(
      ({ key }) =>
        `output "${key}" {\n  value = [data.namespace_kv.${key}.type, jsonencode(data.namespace_kv.${key}.value), data.namespace_kv.${key}.description]\n}\n`,
    );
    await begin([...ROWS.map(({ key }) => sourceOf(key)), ...outputs].join("\n"));
    must(await terraform().apply());
    const read = (await terraform().show()).values?.outputs ?? {};
    for (const { key, type, value } of ROWS) expect([key, read[key]?.value]).toEqual([key, [type, value, "Why"]]);
    must(await terraform().plan());
  });

  it("reads what its options ask for", async () => {
    for (const value of ["1", "2", "3"]) await at().put("versions", value);
    await kvAt(service().address, "data").put("above", '"inherited"');
    await at().put("odd", '{"n":1e99999,"a":1,"a":2}');
    await at().put("gone", "1", "?ttl=PT0.01S");
    await expect.poll(async () => (await at().get("gone", "?peek=true")).status).toBe(410);
    await at().patch("versions", { labels: { team: "data" }, secret: true });
    const config = OPTIONS.map(({ name, key, options, shows }) => {
      const shown = Object.keys(shows).map((attribute) => `data.namespace_kv.${name}.${attribute}`);
      const source = kvData(name, { namespace: `"${NAMESPACE}"`, key: `"${key}"`, ...options });
      return `${source}output "${name}" {\n  value = jsonencode([${shown.join(", ")}])\n}\n`;
    });
    await begin(config.join("\n"));
    must(await terraform().apply());
    const read = (await terraform().show()).values?.outputs ?? {};
    for (const { name, shows } of OPTIONS)
      expect([name, JSON.parse(`${read[name]?.value}`)]).toEqual([name, Object.values(shows)]);
    must(await terraform().plan());
  });

  it("a value that Terraform cannot hold, a revision that is not kept, and contradictions are errors that name the way out", async () => {
    await at().put("odd", '{"a":1,"a":2}');
    const wrong = [
      { name: "odd", options: {}, says: /"decode_value = false"/ },
      { name: "old", options: { revision: "999" }, says: /no value at revision 999.*kv:revisions/ },
    ];
    await begin(
      wrong
        .map(({ options, name }) => kvData(name, { namespace: `"${NAMESPACE}"`, key: '"odd"', ...options }))
        .join("\n"),
    );
    const planned = await terraform().plan();
    must(planned, 1);
    for (const { name, says } of wrong)
      expect(errorsOf(planned).find((error) => error.includes(`namespace_kv.${name},`))).toMatch(says);
    await begin(kvData("both", { namespace: `"${NAMESPACE}"`, key: '"odd"', inherit: "true", revision: "1" }));
    expect(errorsOf(await terraform().plan())[0]).toMatch(/A revision is not inherited/);
  });

  it("a key that is not there is an error that names it", async () => {
    await begin(sourceOf("missing"));
    const planned = await terraform().plan();
    must(planned, 1);
    const [error] = errorsOf(planned);
    expect(error).toMatch(/with data\.namespace_kv\.missing,/);
    expect(error).toMatch(/missing.*data\.team/);
  });
});
