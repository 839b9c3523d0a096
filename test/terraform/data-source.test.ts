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

  it("a key that is not there is an error that names it", async () => {
    await begin(sourceOf("missing"));
    const planned = await terraform().plan();
    must(planned, 1);
    const [error] = errorsOf(planned);
    expect(error).toMatch(/with data\.namespace_kv\.missing,/);
    expect(error).toMatch(/missing.*data\.team/);
  });
});
