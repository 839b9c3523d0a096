import { expect, it } from "vitest";
import { kvAt } from "../support/kv.ts";
import { kvBlock, quoted } from "./hcl.ts";
import { terraformOnEachPair } from "./on-pairs.ts";
import { changesOf, errorsOf, must, mustBeEmpty } from "./outcome.ts";
import { foundAt } from "./store.ts";

const NAMESPACE = "import.team";

/** What HTTP has stored, and how a user would write the same down. */
const ROWS: readonly {
  readonly key: string;
  readonly body: string;
  readonly query?: string;
  readonly config: Readonly<Record<string, string>>;
}[] = [
  { key: "string", body: '"hello"', config: { value: '"hello"' } },
  { key: "number", body: "123456789012345678901234567890.50", config: { value: "123456789012345678901234567890.5" } },
  { key: "boolean", body: "true", config: { value: "true" } },
  {
    key: "datetime",
    body: "2030-01-31T12:00:00+02:00",
    config: { value: '"2030-01-31T12:00:00+02:00"', type: '"DATETIME"' },
  },
  { key: "date", body: "2030-01-31", config: { value: '"2030-01-31"', type: '"DATE"' } },
  { key: "duration", body: "P1D", config: { value: '"P1D"', type: '"DURATION"' } },
  {
    key: "json",
    body: '{ "b": [1.0, null], "a": { "deep": "\\u00fc" } }',
    config: { value: '{ a = { deep = "ü" }, b = [1, null] }' },
  },
  { key: "ttl", body: "1", query: "?ttl=P1D", config: { value: "1", ttl: '"PT24H"' } },
  { key: "description", body: "1", query: "?description=Why", config: { value: "1", description: '"Why"' } },
  { key: "with/slash and ä", body: "1", config: { value: "1" } },
];

const configOf = (rows: typeof ROWS, withBlocks: boolean) =>
  rows
    .map(({ key, config }, at) => {
      const block = `import {\n  to = namespace_kv.it${at}\n  id = ${quoted(`${NAMESPACE}/${key}`)}\n}\n`;
      return (
        kvBlock(`it${at}`, { namespace: quoted(NAMESPACE), key: quoted(key), ...config }) + (withBlocks ? block : "")
      );
    })
    .join("\n");

terraformOnEachPair("import", ({ terraform, service, begin }) => {
  const at = () => kvAt(service().address, NAMESPACE);
  const revisionOf = async (key: string) => (await (await at().get(key)).json()).revision;

  it("import blocks take over keys of every type, and the next plan is empty", async () => {
    for (const { key, body, query } of ROWS) expect((await at().put(key, body, query)).status).toBe(200);
    await begin(configOf(ROWS, true));
    const planned = await terraform().plan();
    expect(planned.stdout + planned.stderr).toContain(`Plan: ${ROWS.length} to import, 0 to add, 0 to change`);
    expect(changesOf(planned)).toEqual({});
    must(await terraform().apply());
    await terraform().write(configOf(ROWS, false));
    await mustBeEmpty(terraform());
    for (const { key } of ROWS) expect([key, await revisionOf(key)]).toEqual([key, 1]);
  });

  it("terraform import takes over a key, and the next plan is empty", async () => {
    const [last = { key: "", body: "", config: {} }] = ROWS.slice(-1);
    await at().put(last.key, last.body, "?ttl=P1D&description=Why");
    await begin(configOf([{ ...last, config: { ...last.config, ttl: '"P1D"', description: '"Why"' } }], false));
    must(await terraform().importState("namespace_kv.it0", `${NAMESPACE}/${last.key}`));
    await mustBeEmpty(terraform());
    const [imported] = (await terraform().show()).values?.root_module?.resources ?? [];
    expect(imported?.values).toMatchObject({
      id: `${NAMESPACE}/${last.key}`,
      namespace: NAMESPACE,
      key: last.key,
      type: "NUMBER",
    });
  });

  it.each([
    {
      what: "a key that is not there",
      id: `${NAMESPACE}/missing`,
      says: /"import\.team\/missing" does not exist/,
    },
    { what: "an id without a slash", id: "nonsense", says: /its namespace, a slash, and the key/ },
    { what: "an id with a bad namespace", id: "a..b/key", says: /namespace/ },
    { what: "an id without a key", id: `${NAMESPACE}/`, says: /its namespace, a slash, and the key/ },
  ])("$what is refused, and the error says why", async ({ id, says }) => {
    await begin(kvBlock("it", { namespace: quoted(NAMESPACE), key: '"missing"', value: "1" }));
    const ran = await terraform().importState("namespace_kv.it", id);
    must(ran, 1);
    expect(errorsOf(ran)).toHaveLength(1);
    expect(errorsOf(ran)[0]).toMatch(says);
    expect((await terraform().show()).values).toBeUndefined();
  });

  it("creating over an existing key is an error that says how to import it, and changes nothing", async () => {
    await at().put("taken", '"theirs"');
    await begin(kvBlock("it", { namespace: quoted(NAMESPACE), key: '"taken"', value: '"ours"' }));
    const refused = await terraform().apply();
    must(refused, 1);
    const [error] = errorsOf(refused);
    expect(error).toMatch(/exists already|already exists/);
    expect(error).toMatch(new RegExp(`terraform import .*${NAMESPACE}/taken`));
    expect(error).toMatch(/with namespace_kv\.it,/);
    expect(await foundAt(service().address, NAMESPACE, "taken")).toBe('STRING "theirs"');
    expect(await revisionOf("taken")).toBe(1);

    must(await terraform().importState("namespace_kv.it", `${NAMESPACE}/taken`));
    must(await terraform().apply());
    expect(await foundAt(service().address, NAMESPACE, "taken")).toBe('STRING "ours"');
    await mustBeEmpty(terraform());
  });
});
